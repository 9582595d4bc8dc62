"""What stood at the end of each day, kept: a month that is over is told as it was, not as it looks today."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

from apps.subscriptions.growth.groups import Group, counted
from apps.subscriptions.growth.standing import Standing
from apps.subscriptions.growth.worth import rounded
from apps.subscriptions.models import RevenueSnapshot, Subscription

NUMBERS = ["paying", "seats", "trials", "monthly"]


@dataclass(frozen=True)
class Kept:
    paying: int
    monthly: dict[str, int]


def write_snapshot(now: datetime | None = None) -> int:
    """The day's rows, written anew if they are there; returns how many. Twice at once: the same rows."""
    now = now or timezone.now()
    found = _numbers(counted(Subscription.objects.filter(is_current=True), now, []).groups)
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


def _numbers(groups: Iterable[Group]) -> dict[tuple[str, str], dict[str, int]]:
    """By plan and currency. Nobody pays: a row of zeros, or the day would be taken for one nobody noted."""
    plans: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in groups:
        if group.pays or group.standing == Standing.TRIAL:
            plans[group.plan_slug, group.currency].append(group)
    return {key: _sums(found) for key, found in plans.items()} or {("", ""): dict.fromkeys(NUMBERS, 0)}


def _sums(groups: list[Group]) -> dict[str, int]:
    payers = [group for group in groups if group.pays]
    return {
        "paying": sum(group.count for group in payers),
        "seats": sum(group.seats for group in payers),
        "trials": sum(group.count for group in groups if not group.pays),
        "monthly": rounded(sum((group.monthly for group in payers), Fraction(0))),
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
