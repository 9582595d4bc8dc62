"""What is forgotten, and after how long. Each night, oldest first, in pieces: no delete holds a lock long.

Kept for good: the audit log, the ledgers of seats, events that were given up (a person decides about them),
differences that are open, and mails to payers, whose rows keep the same mail from being sent again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from djstripe.models import Event

from apps.subscriptions.models import Drift, Notice, ReconcileRun, WebhookEvent

logger = logging.getLogger(__name__)

EVENTS_FOR = timedelta(days=90)
OPERATIONS_FOR = timedelta(days=365)
PIECE = 1_000  # rows a statement
SECONDS = 120.0  # a night; the next one goes on

Kind = Notice.Kind
# Named by their moment, so that they never come again.
ALERTS = [Kind.EVENTS_LATE, Kind.EVENTS_LATE_OVER, Kind.SWEEPER_SILENT, Kind.DRIFT_FOUND]


def prune() -> int:
    """Returns how many rows went. Stopped or killed anywhere, it has forgotten what it has, and no more."""
    stop_at, gone = time.monotonic() + SECONDS, 0
    for rows in _old_rows():
        while time.monotonic() < stop_at and (deleted := _delete_piece(rows)):
            gone += deleted
    if time.monotonic() >= stop_at:
        logger.warning("Pruning stopped after %s rows, the rest is for tomorrow", gone)
    return gone


def _old_rows() -> Iterator[QuerySet[Any]]:
    """Each in the order of an index, so that the next piece is found without reading what stays."""
    now = timezone.now()
    events, operations = now - EVENTS_FOR, now - OPERATIONS_FOR
    yield WebhookEvent.objects.filter(processed_at__lt=events).order_by("processed_at")
    yield Event.objects.filter(djstripe_created__lt=events).order_by("pk")
    yield Notice.objects.filter(kind__in=ALERTS, sent_at__lt=operations).order_by("pk")
    yield Drift.objects.filter(gone_at__lt=operations).order_by("pk")
    yield ReconcileRun.objects.filter(finished_at__lt=operations).order_by("pk")


def _delete_piece(rows: QuerySet[Any]) -> int:
    """In a transaction of its own: nobody waits for more than a thousand rows."""
    numbers = list(rows.values_list("pk", flat=True)[:PIECE])
    rows.model._base_manager.filter(pk__in=numbers).delete()
    return len(numbers)
