"""The whole ledger as rows for a spreadsheet, oldest first, a few at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any

from apps.core.billing import SubscriptionModelBase
from apps.core.spreadsheets import AT_A_TIME, as_csv
from apps.subscriptions.models import SeatSync
from apps.subscriptions.services.seats.actors import changes_of, shown_actor

COLUMNS = (
    "at",
    "event",
    "person",
    "by",
    "reason",
    "before",
    "after",
    "seats_billed",
    "stripe_subscription",
    "stripe_request",
)
Row = tuple[Any, ...]


def ledger_as_csv(holder: SubscriptionModelBase) -> Iterator[str]:
    return as_csv(COLUMNS, ledger_rows(holder))


def ledger_rows(holder: SubscriptionModelBase) -> Iterator[Row]:
    """In the order of COLUMNS; a quantity stands behind the changes of its moment that it covers."""
    return (row for _key, row in heapq.merge(_changes(holder), _told(holder), key=lambda pair: pair[0]))


def _changes(holder: SubscriptionModelBase) -> Iterator[tuple[Any, Row]]:
    names = ("pk", "at", "person_label", "actor_label", "by_support", "reason", "before", "after")
    rows = changes_of(holder.pk).order_by("at", "pk").values_list(*names)
    for pk, at, person, actor, by_support, reason, before, after in rows.iterator(AT_A_TIME):
        by = shown_actor(actor, by_support)
        yield (at, 0, pk), (at, "change", person, by, reason, before, after, "", "", "")


def _told(holder: SubscriptionModelBase) -> Iterator[tuple[Any, Row]]:
    names = ("pk", "told_at", "quantity", "subscription_stripe_id", "stripe_request_id")
    told = SeatSync.objects.filter(holder_id=holder.pk, told_at__isnull=False).order_by("told_at", "pk")
    for pk, at, seats, subscription, request in told.values_list(*names).iterator(AT_A_TIME):
        yield (at, 1, pk), (at, "told", "", "", "", "", "", seats, subscription, request)
