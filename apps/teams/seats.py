"""May this team take one more? Asked under the team's lock at every door."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings
from django.utils.module_loading import import_string

from apps.teams.errors import TeamIsFull
from apps.teams.models import Team


class Seats(TypedDict):
    used: int
    pending: int
    limit: int | None


def seat_limit(team: Team) -> int | None:
    """What `settings.TEAM_SEAT_LIMIT` answers: a dotted path to a callable(team). None: no limit."""
    path: str | None = settings.TEAM_SEAT_LIMIT
    limit: int | None = import_string(path)(team) if path else None
    return limit


def seats_of(team: Team, *, pending: int) -> Seats:
    """For pages: as the team was when the request began, with its open invitations. No query."""
    return Seats(used=team.quantity_shown(), pending=pending, limit=seat_limit(team))


def seats_left(team: Team, *, inviting: bool = False) -> int | None:
    """How many more people fit into the plan, never below 0; None: any number.

    Open invitations count when inviting (P6).
    """
    limit = seat_limit(team)
    if limit is None:
        return None
    taken = team.active_members.count()
    if inviting:
        taken += team.invitations.pending().count()
    return max(0, limit - taken)


def may_take(team: Team, extra: int = 1, *, inviting: bool = False) -> bool:
    """Whether `extra` more people fit into the plan."""
    left = seats_left(team, inviting=inviting)
    return left is None or extra <= left


def require_seats(team: Team, extra: int = 1, *, inviting: bool = False) -> None:
    """TeamIsFull unless `may_take`. Hold the team's lock, or two may take the same seat."""
    if not may_take(team, extra, inviting=inviting):
        raise TeamIsFull(seat_limit(team) or 0)
