"""The growth page's numbers: a fixed number of queries, one pass over the subscriptions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from apps.subscriptions.growth.months import month_starts
from apps.subscriptions.growth.snapshots import Kept, kept_at_ends
from apps.subscriptions.growth.spans import Span, spans
from apps.subscriptions.growth.standing import Line, Standing, standings
from apps.subscriptions.growth.worth import Worth, rounded
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
    lines: list[Line]

    @property
    def paying(self) -> int:
        return sum(line.pays for line in self.lines)

    @property
    def with_access(self) -> int:
        return sum(line.has_access for line in self.lines)

    @property
    def differing(self) -> list[Line]:
        """Where payment and access do not go together, weightiest first."""
        order = list(Standing)[::-1]
        found = [line for line in self.lines if line.standing != Standing.PAID]
        return sorted(found, key=lambda line: order.index(line.standing))

    @property
    def counts(self) -> dict[Standing, int]:
        found = Counter(line.standing for line in self.lines)
        return {standing: found[standing] for standing in Standing if found[standing]}

    @property
    def currencies(self) -> list[str]:
        return sorted({currency for month in self.months for currency in month.monthly})


def report(months: int, now: datetime | None = None) -> Report:
    now = now or timezone.now()
    rows = list(Subscription.objects.order_by())
    worth = Worth(rows)
    lines = standings(rows, worth, now)
    starts = month_starts(now, months)
    return Report(
        counted_at=now,
        months=_months(starts, rows, spans(rows, worth), lines, now),
        plans=plan_lines(lines),
        lines=lines,
    )


def plan_lines(lines: Iterable[Line]) -> list[PlanLine]:
    """By plan and currency; never added up over currencies."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.pays:
            groups[line.plan_slug, line.currency].append(line)
    return [
        PlanLine(slug, currency, len(group), sum(line.seats for line in group), _sum(group))
        for (slug, currency), group in sorted(groups.items())
    ]


def _sum(found: Iterable[Line | Span]) -> int:
    return rounded(sum((one.monthly for one in found), Fraction(0)))


def _months(
    starts: list[datetime], rows: list[Subscription], paid: list[Span], lines: list[Line], now: datetime
) -> list[Month]:
    people, teams = _joined(CustomUser, "date_joined", starts[0]), _joined(Team, "created_at", starts[0])
    trials = Counter(_month_of(row.trial_start) for row in rows if row.trial_start)
    kept = kept_at_ends(starts)
    found, before = [], _holders(_at(starts[0], paid))
    for start, end in pairwise(starts):
        is_running = end > now
        alive = _at(min(end, now), paid)
        holders = _holders(alive)
        held = _held(lines) if is_running else kept.get(start) or _estimated(alive, holders)
        found.append(
            Month(
                start=start,
                people=people.get(start, 0),
                teams=teams.get(start, 0),
                trials=trials[start],
                began=len(holders - before),
                left=len(before - holders),
                paying=held.paying,
                monthly=held.monthly,
                is_estimated=not is_running and start not in kept,
                is_running=is_running,
            )
        )
        before = holders
    return found


def _at(moment: datetime, paid: list[Span]) -> list[Span]:
    return [span for span in paid if span.covers(moment)]


def _holders(found: Iterable[Span]) -> set[UUID]:
    return {span.holder_id for span in found}


def _held(lines: list[Line]) -> Kept:
    return Kept(sum(line.pays for line in lines), _by_currency(line for line in lines if line.pays))


def _estimated(alive: list[Span], holders: set[UUID]) -> Kept:
    return Kept(len(holders), _by_currency(alive))


def _by_currency(found: Iterable[Line | Span]) -> dict[str, int]:
    groups: dict[str, list[Line | Span]] = defaultdict(list)
    for one in found:
        groups[one.currency].append(one)
    return {currency: _sum(group) for currency, group in sorted(groups.items())}


def _joined(model: type[CustomUser | Team], field: str, since: datetime) -> dict[datetime, int]:
    """{start of the month: how many came}, counted by the database."""
    rows = model._default_manager.filter(**{f"{field}__gte": since}).order_by()
    months = rows.annotate(month=TruncMonth(field, tzinfo=UTC)).values_list("month")
    return dict(months.annotate(count=Count("pk")))


def _month_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
