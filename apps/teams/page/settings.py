"""What the team is called, and how one gets out of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.teams.forms import TeamForm
from apps.teams.roles import Permission, Role


def context(request: HttpRequest) -> dict[str, Any]:
    team, mine = request.team, request.membership
    return {
        "rename_form": TeamForm(initial={"name": team.name}),
        "can_rename": mine.allows(Permission.MANAGE_SETTINGS),
        "can_leave": mine.role != Role.OWNER or team.memberships.owners().exclude(pk=mine.pk).exists(),
    }
