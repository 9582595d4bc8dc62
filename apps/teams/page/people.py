"""Who is in the team, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from apps.teams.models import Membership
from apps.teams.roles import Permission, Role
from apps.teams.selectors import members_of


def context(request: HttpRequest) -> dict[str, Any]:
    mine = request.membership
    grantable = Role(mine.role).grantable
    return {
        "members": _marked(members_of(request.team), grantable, mine),
        "roles": [(role.value, role.label) for role in grantable],
        "can_manage": mine.allows(Permission.MANAGE_MEMBERS),
    }


def _marked(rows: Iterable[Membership], grantable: tuple[Role, ...], mine: Membership) -> list[Membership]:
    """Each row with `can_change`: whether the viewer may give it another role or take it off."""
    marked = list(rows)
    for row in marked:
        row.is_me = row.pk == mine.pk
        row.can_change = row.role in grantable
    return marked
