"""The numbers of the members page, each asked for once and only where it is shown."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.core.paging import NearestPages
from apps.core.prepared import Prepared, Slot
from apps.teams.directory import Wanted, find_members
from apps.teams.models import Invitation, Membership, Team
from apps.teams.roles import Role
from apps.teams.selectors import number_of, shown_invitations_of, shown_since


class Counts:
    """Of a member's team, and of those in it who are looked for. One query, two for a search."""

    def __init__(self, mine: Membership, wanted: Wanted) -> None:
        self._mine, self._team, self._wanted = mine, mine.team, wanted

    @property
    def found(self) -> int:
        return self._searched if self._wanted.is_narrow else self._numbers["members"]

    @property
    def is_only_owner(self) -> bool:
        """Whether the team would be without an active owner if this member went."""
        return self._numbers["owners"] == 1 and self._numbers["other_owners"] == 0

    @property
    def shown_invitations(self) -> int:
        return self._numbers["shown"]

    @property
    def pending(self) -> int:
        return self._numbers["pending"]

    @cached_property
    def _searched(self) -> int:
        return find_members(self._team, self._wanted).count()

    @cached_property
    def _numbers(self) -> dict[str, int]:
        team, mine = self._team.pk, self._mine.pk
        return next(
            iter(_counted.ask(team=team, mine=mine, now=timezone.now(), declined_since=shown_since()))
        )


def _count(team: Slot, mine: Slot, now: Slot, declined_since: Slot) -> QuerySet[Any]:
    owners = Q(role=Role.OWNER, user__is_active=True)
    rows = Membership.all_teams.filter(team=team).order_by().values("team")
    return rows.annotate(
        members=Count("pk"),
        owners=Count("pk", filter=owners),
        other_owners=Count("pk", filter=owners & ~Q(pk=mine)),
        shown=number_of(shown_invitations_of(team, declined_since)),
        pending=number_of(Invitation.all_teams.pending(now).filter(team=team)),
    )


_TIME = Invitation._meta.get_field("expires_at")
_counted: Prepared[dict[str, int]] = Prepared(
    _count, team=Team._meta.pk, mine=Membership._meta.pk, now=_TIME, declined_since=_TIME
)


class CountedPaginator(NearestPages):
    """Of rows somebody has counted already."""

    def __init__(self, rows: Any, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known
