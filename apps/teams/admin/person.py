"""A person's teams, on their page in the admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.teams.models import Membership
from apps.users.admin.panels import Line, Panel, sources
from apps.users.models import CustomUser


def teams_of(person: CustomUser, request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("teams.view_team"):
        return None
    found = Membership.all_teams.filter(user=person).select_related("team").order_by("team__name", "pk")
    lines = [
        Line(one.team.name, one.get_role_display(), reverse("admin:teams_team_change", args=[one.team_id]))
        for one in found
    ]
    return Panel(_("Teams"), lines, _("In no team."))


sources.insert(0, teams_of)
