"""The numbers of the members page, each asked for once and only where it is shown."""

from __future__ import annotations

from functools import cached_property

from django.db.models import Count, Q

from apps.core.paging import NearestPages
from apps.teams.directory import Wanted, find_members
from apps.teams.models import Membership
from apps.teams.roles import Role
from apps.teams.selectors import shown_invitations_of


class Counts:
    """Of a member's team, and of those in it who are looked for. Two queries."""

    def __init__(self, mine: Membership, wanted: Wanted) -> None:
        self._mine, self._team, self._wanted = mine, mine.team, wanted

    @property
    def found(self) -> int:
        return self._people["found"]

    @property
    def is_only_owner(self) -> bool:
        """Whether the team would be without an active owner if this member went."""
        return self._people["owners"] == 1 and self._people["other_owners"] == 0

    @property
    def shown_invitations(self) -> int:
        return self._invitations["shown"]

    @property
    def pending(self) -> int:
        return self._invitations["pending"]

    @cached_property
    def _people(self) -> dict[str, int]:
        found = find_members(self._team, self._wanted).order_by().values("pk")
        owners = Q(role=Role.OWNER, user__is_active=True)
        narrow = Q(pk__in=found) if self._wanted.is_narrow else Q()
        numbers: dict[str, int] = self._team.memberships.order_by().aggregate(
            found=Count("pk", filter=narrow),
            owners=Count("pk", filter=owners),
            other_owners=Count("pk", filter=owners & ~Q(pk=self._mine.pk)),
        )
        return numbers

    @cached_property
    def _invitations(self) -> dict[str, int]:
        pending = Q(pk__in=self._team.invitations.pending().order_by().values("pk"))
        numbers: dict[str, int] = (
            shown_invitations_of(self._team)
            .order_by()
            .aggregate(shown=Count("pk"), pending=Count("pk", filter=pending))
        )
        return numbers


class CountedPaginator(NearestPages):
    """Of rows somebody has counted already."""

    def __init__(self, rows: object, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known
