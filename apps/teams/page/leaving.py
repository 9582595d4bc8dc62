"""The ways out of a team: leaving it, handing it over, deleting it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.teams.models import Membership
from apps.teams.page.counts import Counts
from apps.teams.roles import Permission


def context(request: HttpRequest, counts: Counts) -> dict[str, Any]:
    mine = request.membership
    return {
        "can_leave": not counts.is_only_owner,
        "can_rename": mine.allows(Permission.MANAGE_SETTINGS),
        "can_transfer": mine.allows(Permission.TRANSFER),
        "can_delete": mine.allows(Permission.DELETE_TEAM),
    }


def is_only_owner(mine: Membership) -> bool:
    """Whether the team would be without an active owner if this one went."""
    owners = mine.team.memberships.owners().values_list("pk", flat=True)
    return list(owners[:2]) == [mine.pk]
