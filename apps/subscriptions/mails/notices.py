"""Promising a mail about billing: one row for each occasion, in the transaction that is its reason.

The row leaves with `outbox.py`. What the mail says is looked up when it leaves, so a payment that was mended
meanwhile mails nobody.
"""

from __future__ import annotations

from typing import Any

from apps.core.billing import SubscriptionModelBase
from apps.core.tasks import enqueue
from apps.subscriptions.mails.tasks import send_notice
from apps.subscriptions.models import Notice

Kind = Notice.Kind

FOR_OPERATORS = frozenset(
    {
        Kind.SUBSCRIPTION_CANCELLED,
        Kind.CHARGE_REFUNDED,
        Kind.DISPUTE_OPENED,
        Kind.DISPUTE_CLOSED,
        Kind.UNKNOWN_PRODUCT,
        Kind.DRIFT_FOUND,
        Kind.EVENT_GIVEN_UP,
        Kind.EVENTS_LATE,
        Kind.EVENTS_LATE_OVER,
        Kind.SWEEPER_SILENT,
    }
)


def promise(
    kind: Kind, occasion: str, *, holder: SubscriptionModelBase | None = None, data: dict[str, Any]
) -> None:
    """One mail for this occasion, however often it is promised. Call it inside the transaction.

    `occasion` names it among those of its kind, by what never changes: an event's id, an invoice and its
    attempt. `data` holds what has to be known to look the rest up.
    """
    key = f"{kind}:{occasion}"
    if Notice.objects.filter(key=key).exists():
        return
    audience = Notice.Audience.OPERATORS if kind in FOR_OPERATORS else Notice.Audience.PAYER
    notice = Notice(key=key, kind=kind, audience=audience, holder=holder, data=data)
    Notice.objects.bulk_create([notice], ignore_conflicts=True)  # somebody may promise it this very moment
    enqueue(send_notice, key)
