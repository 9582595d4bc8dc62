"""How long the audit log is kept: AUDIT_RETENTION_DAYS; for ever when that is not set."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.models import AuditEntry

logger = logging.getLogger(__name__)

PIECE = 1_000  # rows a statement: no delete holds a lock long
SECONDS = 120.0  # a night; the next one goes on
# Kept all the same: that something was deleted by us (its invoices stay at Stripe), and who was in which team
# (else what a former member did would be told as done by Support).
KEPT = Q(action__endswith="deleted") | Q(action__in=["team.created", "team.member_joined"])


@shared_task
def prune_audit_log() -> int:
    """Returns how many entries went. Killed anywhere, it has forgotten what it has, and no more."""
    if settings.AUDIT_RETENTION_DAYS is None:
        return 0
    stop_at, gone = time.monotonic() + SECONDS, 0
    old = _older_than(settings.AUDIT_RETENTION_DAYS)
    while time.monotonic() < stop_at and (deleted := _delete_piece(old)):
        gone += deleted
    if gone:
        logger.info("Audit entries older than %s days: %s deleted", settings.AUDIT_RETENTION_DAYS, gone)
    return gone


def _older_than(days: int) -> QuerySet[AuditEntry]:
    return (
        AuditEntry.objects.filter(at__lt=timezone.now() - timedelta(days=days)).exclude(KEPT).order_by("at")
    )


def _delete_piece(old: QuerySet[AuditEntry]) -> int:
    numbers = list(old.values_list("pk", flat=True)[:PIECE])
    AuditEntry._base_manager.filter(pk__in=numbers).delete()  # past the rule that the log is written once
    return len(numbers)
