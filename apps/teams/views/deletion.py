"""Deleting a team: what goes is shown, its name is typed, what it pays for ends first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core.errors import Refused
from apps.teams import services
from apps.teams.decorators import permission_required
from apps.teams.errors import NoLongerThere, NotAllowed
from apps.teams.forms.team import DeleteTeamForm
from apps.teams.roles import Permission


@permission_required(Permission.DELETE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, team_slug: str) -> HttpResponse:
    form = DeleteTeamForm(request.POST if request.method == "POST" else None, team=request.team)
    return _delete(request) if form.is_valid() else _ask(request, form)


def _ask(request: HttpRequest, form: DeleteTeamForm) -> HttpResponse:
    context = {
        "team": request.team,
        "form": form,
        "others": request.team.memberships.count() - 1,
        "invitations": request.team.invitations.pending().count(),
    }
    return render(request, "teams/delete.html", context, status=422 if form.is_bound else 200)


def _delete(request: HttpRequest) -> HttpResponse:
    team = request.team
    try:
        services.delete_team(team, by=request.user)
    except NotAllowed:
        raise
    except NoLongerThere as refusal:  # the second of two clicks
        messages.info(request, refusal.text)
        return redirect("teams:list")
    except Refused as refusal:
        messages.error(request, refusal.text)
        return redirect("team:delete", team.slug)
    messages.success(request, _("%(team)s is deleted.") % {"team": team.name})
    return redirect("teams:list")
