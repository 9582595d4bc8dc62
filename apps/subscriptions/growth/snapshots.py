"""What stood at the end of each day, kept: a month that is over is told as it was, not as it looks today."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

from apps.subscriptions.growth.standing import Line, Standing, standings
from apps.subscriptions.growth.worth import Worth, rounded
from apps.subscriptions.models import RevenueSnapshot, Subscription

NUMBERS = ["paying", "seats", "trials", "monthly"]


@dataclass(frozen=True)
class Kept:
    paying: int
    monthly: dict[str, int]


def write_snapshot(now: datetime | None = None) -> int:
    """The day's rows, written anew if they are there; returns how many. Twice at once: the same rows."""
    now = now or timezone.now()
    rows = list(Subscription.objects.filter(is_current=True).order_by())
    found = _groups(standings(rows, Worth(rows), now))
    day = now.astimezone(UTC).date()
    with transaction.atomic():
        gone = [row.pk for row in RevenueSnapshot.objects.filter(day=day) if _key(row) not in found]
        RevenueSnapshot.objects.filter(pk__in=gone).delete()
        RevenueSnapshot.objects.bulk_create(
            [
                RevenueSnapshot(day=day, plan_slug=slug, currency=currency, **numbers)
                for (slug, currency), numbers in found.items()
            ],
            update_conflicts=True,
            unique_fields=["day", "plan_slug", "currency"],
            update_fields=NUMBERS,
        )
    return len(found)


def _key(row: RevenueSnapshot) -> tuple[str, str]:
    return row.plan_slug, row.currency


def _groups(lines: Iterable[Line]) -> dict[tuple[str, str], dict[str, int]]:
    """Nobody pays: one row of zeros, or the month would be taken for one that nobody noted."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.pays or line.standing == Standing.TRIAL:
            groups[line.plan_slug, line.currency].append(line)
    return {key: _numbers(group) for key, group in groups.items()} or {("", ""): dict.fromkeys(NUMBERS, 0)}


def _numbers(group: list[Line]) -> dict[str, int]:
    payers = [line for line in group if line.pays]
    return {
        "paying": len(payers),
        "seats": sum(line.seats for line in payers),
        "trials": len(group) - len(payers),
        "monthly": rounded(sum((line.monthly for line in payers), Fraction(0))),
    }


def kept_at_ends(starts: list[datetime]) -> dict[datetime, Kept]:
    """{start of the month: what the last snapshot in its last week says} (one query)."""
    rows = RevenueSnapshot.objects.filter(day__gte=starts[0].date(), day__lt=starts[-1].date())
    days: dict[datetime, dict[str, list[RevenueSnapshot]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        start = datetime(row.day.year, row.day.month, 1, tzinfo=UTC)
        if row.day >= _last_week(start):
            days[start][row.day.isoformat()].append(row)
    return {start: _kept(found[max(found)]) for start, found in days.items()}


def _last_week(start: datetime) -> date:
    following = (start + timedelta(days=32)).replace(day=1)
    return (following - timedelta(days=7)).date()


def _kept(rows: list[RevenueSnapshot]) -> Kept:
    monthly: Counter[str] = Counter()
    for row in rows:
        if row.paying:
            monthly[row.currency] += row.monthly
    return Kept(sum(row.paying for row in rows), dict(sorted(monthly.items())))
