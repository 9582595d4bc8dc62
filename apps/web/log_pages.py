"""The audit log for people: a team's for those who run it, one's own account's for everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.billing import SubscriptionModelBase
from apps.core.spreadsheets import csv_answer
from apps.subscriptions.decorators import feature_required
from apps.subscriptions.metadata import Feature
from apps.teams.decorators import permission_required
from apps.teams.roles import Permission
from apps.web import account_log as account
from apps.web.team_log import KINDS, Wanted, log_as_csv, log_page, people_of


@permission_required(Permission.MANAGE_MEMBERS)
@require_safe
def team_log(request: HttpRequest, team_slug: str) -> HttpResponse:
    wanted = Wanted.from_query(request.GET)
    context = {
        "lines": log_page(request.team, wanted, request.GET.get("page")),
        "wanted": wanted,
        "people": people_of(request.team),
        "kinds": [(slug, words) for slug, (words, _which) in KINDS.items()],
    }
    return render(request, "web/team_log.html", context)


@permission_required(Permission.MANAGE_MEMBERS)
@require_safe
@feature_required(Feature.AUDIT_LOG)
@never_cache
def team_log_export(
    request: HttpRequest, team_slug: str, subscription_holder: SubscriptionModelBase
) -> HttpResponseBase:
    """What the page would show with the same query, all of it, streamed."""
    pieces = log_as_csv(request.team, Wanted.from_query(request.GET)) if request.method == "GET" else []
    name = f"log-{request.team.slug}-{timezone.localdate().isoformat()}"
    return csv_answer(name, pieces)


@login_required
@require_safe
def account_log(request: HttpRequest) -> HttpResponse:
    events = account.account_log(request.user, request.GET.get("page"))  # type: ignore[arg-type]
    return render(request, "web/account_log.html", {"events": events})
