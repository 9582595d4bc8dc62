"""From when until when somebody paid, by the starts and ends of their subscriptions. For months gone by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from apps.subscriptions.growth.worth import Worth
from apps.subscriptions.models import Status, Subscription

NEVER_PAID = frozenset({Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED})


@dataclass(frozen=True, slots=True)
class Span:
    """What it was worth is today's price and quantity: the rows do not know former ones."""

    holder_id: UUID
    start: datetime
    end: datetime | None
    currency: str
    monthly: Fraction

    def covers(self, moment: datetime) -> bool:
        return self.start < moment and (self.end is None or moment <= self.end)


def spans(rows: Iterable[Subscription], worth: Worth) -> list[Span]:
    return [span for row in rows if (span := _span(row, worth.of(row)))]


def _span(row: Subscription, monthly: Fraction | None) -> Span | None:
    """None for what never cost anything: a first payment that never came, a trial that was all."""
    start, end = max(row.created, row.trial_end or row.created), _end(row)
    if row.status in NEVER_PAID or not monthly or (end is not None and end <= start):
        return None
    return Span(row.holder_id, start, end, row.currency, monthly)


def _end(row: Subscription) -> datetime | None:
    """When paying stopped: with the subscription, or before it, where Stripe waits for money in vain."""
    if row.ended_at or row.status == Status.CANCELED:
        return row.ended_at or row.ends_at or row.synced_at
    if row.status in (Status.UNPAID, Status.PAUSED):
        return row.past_due_since or row.current_period_start
    return None
