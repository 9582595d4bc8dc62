"""The members page of a team, and what is done on it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import Refused
from apps.teams import services
from apps.teams.decorators import permission_required, team_member_required
from apps.teams.forms import RoleForm
from apps.teams.page import refused, team_page
from apps.teams.roles import Permission, Role
from apps.teams.selectors import members_of


@team_member_required
@require_safe
def members(request: HttpRequest, team_slug: str) -> HttpResponse:
    return team_page(request)


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
