"""Periods: an anchor day kept through short months (31 January, 28 February, 31 March)."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}
DAY = 86400
HOUR = 3600
PAYMENT_WINDOW = 23 * HOUR
"""How long Stripe waits for the payment that a subscription, its resumption or a change of it needs."""


def shifted(anchor: int, interval: str, count: int) -> int:
    """`count` intervals after the anchor, on the anchor's day of month or the month's last."""
    start = datetime.fromtimestamp(anchor, UTC)
    if interval in DAYS:
        return int((start + timedelta(days=DAYS[interval] * count)).timestamp())
    months = start.year * 12 + start.month - 1 + MONTHS[interval] * count
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def period_end(anchor: int, start: int, interval: str, interval_count: int) -> int:
    """The first boundary of the anchor's rhythm after `start`."""
    step = guess(anchor, start, interval, interval_count)
    while shifted(anchor, interval, step * interval_count) <= start:
        step += 1
    return shifted(anchor, interval, step * interval_count)


def guess(anchor: int, start: int, interval: str, interval_count: int) -> int:
    """A step count surely not too far: months are at most 31 days."""
    days = DAYS.get(interval) or MONTHS[interval] * 31
    return max(0 if start < anchor else 1, (start - anchor) // (days * interval_count * DAY))
