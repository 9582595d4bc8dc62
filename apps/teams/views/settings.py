from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.teams import services
from apps.teams.decorators import permission_required
from apps.teams.forms import TeamForm
from apps.teams.page import team_page
from apps.teams.roles import Permission


@permission_required(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, team_slug: str) -> HttpResponse:
    """The form stands on the members page; somebody who opens this address is led there."""
    if request.method != "POST":
        return redirect(reverse("team:members", args=[request.team.slug]) + "#settings")
    form = TeamForm(request.POST)
    if not form.is_valid():
        return team_page(request, status=422, rename_form=form)
    team = services.rename_team(request.team, form.cleaned_data["name"], by=request.user)
    messages.success(request, _("The team is called %(name)s now.") % {"name": team.name})
    return redirect("team:members", team.slug)
