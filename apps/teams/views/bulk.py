"""Inviting many at once: a list is checked, shown line by line, and then sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.core.errors import Refused
from apps.core.limits import spend
from apps.teams import services
from apps.teams.decorators import permission_required
from apps.teams.forms.bulk import BulkForm
from apps.teams.page import refused
from apps.teams.roles import Permission, Role
from apps.teams.seats import seat_limit
from apps.teams.wishes import InviteOutcome, InviteResult, decide
from apps.teams.wishes.sentences import sentence


@permission_required(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def invite_bulk(request: HttpRequest, team_slug: str) -> HttpResponse:
    """`action=send` invites; without it a POST only says what would become of each line."""
    roles = Role(request.membership.role).grantable
    if request.method != "POST":
        return _page(request, form=BulkForm(roles=roles))
    form = BulkForm(request.POST, request.FILES, roles=roles)
    if not form.is_valid():
        return _page(request, status=422, form=form)
    if request.POST.get("action") == "send":
        return _send(request, form, roles)
    results = decide(request.team, form.wishes, by=request.user, grantable=roles)
    return _results(request, form, results, roles)


def _send(request: HttpRequest, form: BulkForm, roles: tuple[Role, ...]) -> HttpResponse:
    spend(request, "invite", cost=max(1, len(form.wishes)), team=request.team.pk)
    try:
        results = services.invite_many(request.team, form.wishes, by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    return _results(request, form, results, roles, sent=True)


def _results(
    request: HttpRequest,
    form: BulkForm,
    results: list[InviteResult],
    roles: tuple[Role, ...],
    *,
    sent: bool = False,
) -> HttpResponse:
    """What becomes of each line, those with a problem first; below, the list to be changed."""
    text, role = form.cleaned_data["people"], form.cleaned_data["role"]
    limit = seat_limit(request.team)
    fitting = [result for result in results if result.outcome == InviteOutcome.SENT]
    return _page(
        request,
        form=BulkForm(initial={"people": "" if sent else text, "role": role}, roles=roles),
        checked=True,
        sent=sent,
        fitting=fitting,
        full=limit if any(result.outcome == InviteOutcome.TEAM_FULL for result in results) else None,
        refused=[
            {"line": result.line, "outcome": result.outcome, "why": sentence(result, limit)}
            for result in results
            if result.outcome != InviteOutcome.SENT
        ],
        text=text,
        role=role,
    )


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    page = {"team": request.team, "holder": request.subscription_holder, **context}
    return render(request, "teams/invite_bulk.html", page, status=status)
