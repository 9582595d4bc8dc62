"""The members page of a team, and what is done on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import Refused
from apps.core.htmx import wants_fragment
from apps.teams import services
from apps.teams.decorators import permission_required, team_member_required
from apps.teams.errors import NotAllowed
from apps.teams.forms import InviteForm, RoleForm, TeamForm
from apps.teams.models import Membership
from apps.teams.roles import Permission, Role
from apps.teams.seats import seats_of
from apps.teams.selectors import members_of, open_invitations_of


@team_member_required
@require_safe
def members(request: HttpRequest, team_slug: str) -> HttpResponse:
    return members_page(request)


def members_page(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, or its `members` part for htmx; `forms` replaces fresh forms by those with errors."""
    template = "teams/members.html"
    if wants_fragment(request) and request.htmx.target == "members":
        template += "#members"
    return render(request, template, {**_context(request), **forms}, status=status)


def _context(request: HttpRequest) -> dict[str, Any]:
    team, mine = request.team, request.membership
    grantable = Role(mine.role).grantable
    return {
        "team": team,
        "membership": mine,
        "members": _marked(members_of(team), grantable, mine),
        "invitations": open_invitations_of(team),
        "roles": [(role.value, role.label) for role in grantable],
        "invite_form": InviteForm(roles=grantable),
        "rename_form": TeamForm(initial={"name": team.name}),
        "can_manage": mine.allows(Permission.MANAGE_MEMBERS),
        "can_rename": mine.allows(Permission.MANAGE_SETTINGS),
        "can_leave": mine.role != Role.OWNER or team.memberships.owners().exclude(pk=mine.pk).exists(),
        "seats": seats_of(team),
    }


def _marked(rows: Iterable[Membership], grantable: tuple[Role, ...], mine: Membership) -> list[Membership]:
    """Each row with `can_change`: whether the viewer may give it another role or take it off."""
    marked = list(rows)
    for row in marked:
        row.is_me = row.pk == mine.pk
        row.can_change = row.role in grantable
    return marked


@permission_required(Permission.MANAGE_MEMBERS)
@require_POST
def member_role(request: HttpRequest, team_slug: str, membership_id: UUID) -> HttpResponse:
    membership = get_object_or_404(members_of(request.team), pk=membership_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("team:members", request.team.slug)
    try:
        changed = services.change_role(membership, Role(form.cleaned_data["role"]), by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    words = {"person": membership.user, "role": changed.get_role_display()}
    messages.success(request, _("%(person)s is now: %(role)s.") % words)
    return redirect("team:members", request.team.slug)


@permission_required(Permission.MANAGE_MEMBERS)
@require_POST
def member_remove(request: HttpRequest, team_slug: str, membership_id: UUID) -> HttpResponse:
    membership = get_object_or_404(members_of(request.team), pk=membership_id)
    try:
        services.remove_member(membership, by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    if membership.user_id == request.user.pk:
        return _gone(request)
    messages.success(request, _("%(person)s is no longer in the team.") % {"person": membership.user})
    return redirect("team:members", request.team.slug)


@team_member_required
@require_POST
def leave(request: HttpRequest, team_slug: str) -> HttpResponse:
    try:
        services.leave_team(request.team, by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    return _gone(request)


def _gone(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("You have left %(team)s.") % {"team": request.team.name})
    return redirect("teams:list")


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A rule's sentence on the page; what the role never allows stays 403."""
    if isinstance(refusal, NotAllowed):
        raise refusal
    messages.error(request, refusal.text)
    return redirect("team:members", request.team.slug)
