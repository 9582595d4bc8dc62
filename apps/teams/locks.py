from __future__ import annotations

from uuid import UUID

from apps.teams.errors import NoLongerThere
from apps.teams.models import Team
from apps.users.models import CustomUser


def lock_team(team_id: UUID) -> Team:
    """The team, locked until the transaction ends: always taken first, by everybody who counts its members.

    Without the key (`no_key`) rows that only point at the team may still be written meanwhile. Raises
    NoLongerThere.
    """
    team = Team.objects.select_for_update(no_key=True).filter(pk=team_id).first()
    if team is None:
        raise NoLongerThere
    return team


def lock_teams_of(user: CustomUser) -> list[Team]:
    """All teams of somebody, locked in one order, so that two of these never wait for each other."""
    teams = Team.objects.select_for_update(no_key=True, of=("self",))
    return list(teams.filter(memberships__user=user).order_by("pk"))
