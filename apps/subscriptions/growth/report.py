"""The growth page's numbers: a fixed number of queries, whether for one holder or a hundred thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.functions import TruncMonth
from django.utils import timezone

from apps.subscriptions.growth.groups import (
    Counted,
    Group,
    Moves,
    by_currency,
    counted,
    holders_by_standing,
    moves,
)
from apps.subscriptions.growth.months import month_starts
from apps.subscriptions.growth.snapshots import Kept, kept_at_ends
from apps.subscriptions.growth.standing import PAYING, Standing, comps_alone
from apps.subscriptions.growth.worth import rounded
from apps.subscriptions.models import Subscription
from apps.teams.models import Team
from apps.users.models import CustomUser


@dataclass(frozen=True)
class Month:
    start: datetime
    people: int  # new ones
    teams: int  # new ones
    trials: int  # begun
    began: int  # to pay
    left: int  # who paid at the end of the month before, and no longer do
    paying: int  # at its end
    monthly: dict[str, int]  # {currency: revenue a month at its end, in minor units}
    is_estimated: bool  # no snapshot of that month: worked out from starts and ends, at today's prices
    is_running: bool


@dataclass(frozen=True)
class PlanLine:
    plan_slug: str
    currency: str
    paying: int
    seats: int
    monthly: int


@dataclass(frozen=True)
class Report:
    counted_at: datetime
    months: list[Month]
    plans: list[PlanLine]
    counts: dict[Standing, int]
    counted: Counted

    @property
    def paying(self) -> int:
        return sum(count for standing, count in self.counts.items() if standing in PAYING)

    @property
    def with_access(self) -> int:
        return sum(self.counts.values()) - self.counts.get(Standing.NO_ACCESS, 0)

    @property
    def differing(self) -> int:
        """How many have one of payment and access without the other, or wait for one of them."""
        return sum(self.counts.values()) - self.counts.get(Standing.PAID, 0)

    @property
    def currencies(self) -> list[str]:
        return sorted({currency for month in self.months for currency in month.monthly})


def report(months: int, now: datetime | None = None) -> Report:
    now = now or timezone.now()
    starts = month_starts(now, months)
    ends = [min(start, now) for start in starts]
    found = counted(Subscription.objects.all(), now, ends)
    return Report(
        counted_at=now,
        months=_months(starts, found, moves(found.worth, ends)),
        plans=plan_lines(found.groups),
        counts=holders_by_standing(found.groups, comps_alone(now).count()),
        counted=found,
    )


def plan_lines(groups: Iterable[Group]) -> list[PlanLine]:
    """By plan and currency; never added up over currencies."""
    plans: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in groups:
        if group.pays and group.count:
            plans[group.plan_slug, group.currency].append(group)
    return [_plan_line(slug, currency, found) for (slug, currency), found in sorted(plans.items())]


def _plan_line(slug: str, currency: str, groups: list[Group]) -> PlanLine:
    monthly = rounded(sum((group.monthly for group in groups), Fraction(0)))
    paying, seats = sum(group.count for group in groups), sum(group.seats for group in groups)
    return PlanLine(slug, currency, paying, seats, monthly)


def _months(starts: list[datetime], found: Counted, moved: list[Moves]) -> list[Month]:
    """The last of `starts` is that of the month to come."""
    came, kept = _came(starts[0]), kept_at_ends(starts)
    last = len(starts) - 2
    months = []
    for index, (start, move) in enumerate(zip(starts, moved, strict=False)):
        held = _held(found) if index == last else kept.get(start) or _estimated(found, move, index)
        months.append(
            Month(
                start=start,
                people=came["people", start],
                teams=came["teams", start],
                trials=came["trials", start],
                began=move.began,
                left=move.left,
                paying=held.paying,
                monthly=held.monthly,
                is_estimated=index != last and start not in kept,
                is_running=index == last,
            )
        )
    return months


def _held(found: Counted) -> Kept:
    paying = sum(group.count for group in found.groups if group.pays)
    return Kept(paying, by_currency(found.groups))


def _estimated(found: Counted, move: Moves, index: int) -> Kept:
    return Kept(move.paying, by_currency(found.groups, index + 1))


def _came(since: datetime) -> dict[tuple[str, datetime], int]:
    """{(what, start of the month): how many}, counted by the database (one query)."""
    people = _by_month(CustomUser.objects.all(), "date_joined", since, "people")
    teams = _by_month(Team.objects.all(), "created_at", since, "teams")
    trials = _by_month(Subscription.objects.all(), "trial_start", since, "trials")
    found: dict[tuple[str, datetime], int] = defaultdict(int)
    for what, month, count in people.union(teams, trials, all=True):
        found[what, month] = count
    return found


def _by_month(rows: QuerySet[Any], field: str, since: datetime, what: str) -> QuerySet[Any, Any]:
    rows = rows.filter(**{f"{field}__gte": since}).order_by()
    named = rows.annotate(what=Value(what, CharField()), month=TruncMonth(field, tzinfo=UTC))
    counted_rows: QuerySet[Any, Any] = named.values("what", "month").annotate(count=Count("pk"))
    return counted_rows.values_list("what", "month", "count")
