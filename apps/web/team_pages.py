"""A team's home page, its activity, and its first steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_POST, require_safe

from apps.subscriptions.decorators import may_manage_billing
from apps.subscriptions.tab import subscription_view
from apps.subscriptions.tab.banners import Reader, home_banner
from apps.subscriptions.usage import Usage, usage_of
from apps.teams.decorators import permission_required, team_member_required
from apps.teams.roles import Permission
from apps.teams.seats import seats_of
from apps.teams.selectors import people_with
from apps.teams.services import show_first_steps
from apps.web.activity import activity_page, recent_activity
from apps.web.first_steps import first_steps
from apps.web.seat_chart import seat_chart


@team_member_required
@require_safe
def dashboard(request: HttpRequest, team_slug: str) -> HttpResponse:
    can_invite = request.membership.allows(Permission.MANAGE_MEMBERS)
    seats = seats_of(request.team, pending=request.membership.seats_pending if can_invite else 0)
    view = subscription_view(request.entitlements)
    may_manage = may_manage_billing(request)
    banner = home_banner(view, Reader(request.subscription_holder, may_manage, people=_helpers(request)))
    has_plan = view is not None or request.entitlements.has_subscription
    is_urgent = bool(banner and banner.button and banner.button.tone == "primary")
    context = {
        "seats": seats,
        "first_steps": first_steps(
            request.membership, seats, request.entitlements, has_plan=has_plan, leads=not is_urgent
        ),
        "usage": _usage(request),
        "view": view,
        "banner": banner,
        "invite_tone": "quiet" if is_urgent else "primary",
        "bars": seat_chart(request.team),
        "activity": recent_activity(request.team),
        "can_invite": can_invite,
        "may_manage_billing": may_manage,
    }
    return render(request, "web/dashboard.html", context)


def _usage(request: HttpRequest) -> list[Usage]:
    """Where each person pays for themselves, the limits are theirs and not the team's."""
    return usage_of(request.entitlements) if request.entitlements.holder == request.team else []


def _helpers(request: HttpRequest) -> Any:
    """The names of those who manage billing: asked for only if a banner says them."""
    team = request.team
    return SimpleLazyObject(
        lambda: tuple(person.name or person.email for person in people_with(team, Permission.MANAGE_BILLING))
    )


@team_member_required
@require_safe
def activity(request: HttpRequest, team_slug: str) -> HttpResponse:
    page = activity_page(request.team, request.GET.get("page"))
    may_read_log = request.membership.allows(Permission.MANAGE_MEMBERS)
    return render(request, "web/activity.html", {"activity": page, "may_read_log": may_read_log})


@permission_required(Permission.MANAGE_MEMBERS)
@require_POST
def steps(request: HttpRequest, team_slug: str) -> HttpResponse:
    """Hides the first steps, or with `show` brings them back."""
    show_first_steps(request.team, bool(request.POST.get("show")), by=request.user)
    return redirect("web:dashboard", request.team.slug)
