"""The members page of a team, and what is done on it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from apps.core.errors import Refused
from apps.core.htmx import path_of_page, wants_fragment
from apps.core.models import AuditEntry
from apps.core.redirects import next_url
from apps.teams import services
from apps.teams.decorators import permission_required, team_member_required
from apps.teams.errors import NotAllowed
from apps.teams.forms.members import RoleForm
from apps.teams.models import Membership
from apps.teams.page import back, people, refused, team_page
from apps.teams.page.leaving import is_only_owner
from apps.teams.roles import Permission, Role
from apps.teams.selectors import members_of
from apps.teams.services.memberships import LEFT, REMOVED


@team_member_required
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def members(request: HttpRequest, team_slug: str) -> HttpResponse:
    """Also what the search asks for while somebody types; the address above the page goes along."""
    response = team_page(request)
    here = people.page_url(request)
    # After a form the page is where it was: a second entry would make Back do nothing.
    return push_url(response, here) if wants_fragment(request) and here != path_of_page(request) else response


@permission_required(Permission.MANAGE_MEMBERS)
@require_POST
def member_role(request: HttpRequest, team_slug: str, membership_id: UUID) -> HttpResponse:
    membership = _membership(request, membership_id)
    if membership is None:
        return _gone_already(request)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return back(request)
    try:
        changed = services.change_role(membership, Role(form.cleaned_data["role"]), by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    words = {"person": membership.user, "role": changed.get_role_display()}
    messages.success(request, _("%(person)s is now: %(role)s.") % words)
    return back(request)


@permission_required(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: HttpRequest, team_slug: str, membership_id: UUID) -> HttpResponse:
    """GET asks, POST does it."""
    membership = _membership(request, membership_id)
    if membership is None:
        return _gone_already(request)
    if request.method != "POST":
        return _ask_to_remove(request, membership)
    try:
        services.remove_member(membership, by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    if membership.user_id == request.user.pk:
        return _out(request)
    messages.success(request, _("%(person)s is no longer in the team.") % {"person": membership.user})
    return back(request)


def _ask_to_remove(request: HttpRequest, membership: Membership) -> HttpResponse:
    if membership.user_id == request.user.pk:
        return redirect("team:leave", request.team.slug)
    if membership.role not in Role(request.membership.role).grantable:
        raise NotAllowed
    members_url = reverse("team:members", args=[request.team.slug])
    context = {"team": request.team, "member": membership, "back": next_url(request, members_url)}
    return render(request, "teams/remove.html", context)


@team_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, team_slug: str) -> HttpResponse:
    """GET asks, POST does it."""
    if request.method != "POST":
        context = {"team": request.team, "can_leave": not is_only_owner(request.membership)}
        context["others"] = request.team.active_members.exclude(pk=request.membership.pk).exists()
        return render(request, "teams/leave.html", context)
    try:
        services.leave_team(request.team, by=request.user)
    except Refused as refusal:
        return refused(request, refusal)
    return _out(request)


def _out(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("You have left %(team)s.") % {"team": request.team.name})
    return redirect("teams:list")


def _membership(request: HttpRequest, membership_id: UUID) -> Membership | None:
    return members_of(request.team).filter(pk=membership_id).first()


def _gone_already(request: HttpRequest) -> HttpResponse:
    """The second of two clicks, or a page from before. 404 for whoever never was in this team."""
    asked_for = str(request.resolver_match.kwargs["membership_id"])
    log = AuditEntry.objects.filter(target_type="teams.membership", target_id=asked_for)
    if not log.filter(holder_id=request.team.pk, action__in=[LEFT, REMOVED]).exists():
        raise Http404
    messages.info(request, _("That person is no longer in the team."))
    return back(request)
