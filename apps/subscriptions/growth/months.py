"""Months of UTC, as the charts have them."""

from __future__ import annotations

from datetime import UTC, datetime

CHOICES = (6, 12, 24, 36)


def month_starts(now: datetime, count: int) -> list[datetime]:
    """The starts of the last `count` months, the running one last, and the start of the one to come."""
    index = now.astimezone(UTC).year * 12 + now.astimezone(UTC).month - 1
    return [_start(number) for number in range(index - count + 1, index + 2)]


def _start(index: int) -> datetime:
    year, month = divmod(index, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)
