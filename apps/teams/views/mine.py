"""A person's own teams."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.redirects import next_url
from apps.teams import services
from apps.teams.directory import Wanted, find_teams, page_of
from apps.teams.forms.team import TeamForm
from apps.teams.selectors import invitations_for, memberships_of


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where login leads: straight into the only team, if nothing else waits."""
    teams = list(memberships_of(request.user)[:2])
    if len(teams) == 1 and not invitations_for(request.user):
        return redirect("web:dashboard", teams[0].team.slug)
    return redirect("teams:list")


@login_required
@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    wanted = Wanted.from_query(request.GET)
    memberships = page_of(find_teams(request.user, wanted), wanted)
    context = {"memberships": memberships, "wanted": wanted, "invitations": invitations_for(request.user)}
    return render(request, "teams/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Afterwards into the new team, or back to where somebody had to make one first: a plan to buy."""
    form = TeamForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        team = services.create_team(form.cleaned_data["name"], by=request.user)
        messages.success(request, _("%(team)s is ready. Invite the others.") % {"team": team.name})
        return redirect(next_url(request, reverse("web:dashboard", args=[team.slug])))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "next": next_url(request, "")}
    return render(request, "teams/create.html", context, status=status)
