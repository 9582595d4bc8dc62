"""Stripe -> mirror -> our rows, one customer at a time. Nothing else writes `Subscription`.

Any number of times, in any order, from webhooks, the confirm page, commands and tasks: the same rows.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.core import audit
from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import mirror, stripe_api
from apps.subscriptions.catalogue import plans_of_products
from apps.subscriptions.errors import SyncContention
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import holder_model, lock_holder
from apps.subscriptions.metadata import ProductMetadata, find_plan
from apps.subscriptions.models import LIVE_STATUSES, Status, Subscription
from apps.subscriptions.signals import subscription_synced
from apps.subscriptions.stripe_api.snapshots import CustomerSnapshot

logger = logging.getLogger(__name__)

MAX_READS = 8
SYNC_COLUMNS = [
    "billing_details_last_changed",
    "stripe_customer_id",
    "stripe_customers_replaced",
    "sync_version",
]


def sync_customer(
    customer_id: str,
    *,
    alongside: Callable[[], None] = lambda: None,
    still_wanted: Callable[[], bool] = lambda: True,
) -> SubscriptionModelBase | None:
    """Read the customer back from Stripe and rewrite the rows of its holder; returns the holder.

    Reads with no transaction open, then locks the holder and writes only if nobody wrote meanwhile.
    `alongside` runs in that transaction, after mirror and rows are fresh; `still_wanted` is asked before
    reading again, for whoever was overtaken may find the work done. None: that, or a customer of somebody
    else who shares the Stripe account. Raises BillingError, with nothing written.
    """
    holder_id = _holder_id(customer_id)
    for attempt in range(MAX_READS):
        seen = _version(holder_id)
        snapshot = stripe_api.snapshots.fetch(customer_id)
        if holder_id is None:
            holder_id = _holder_named_in(snapshot.customer)
            if holder_id is not None:
                continue  # its version has to be older than the read
            _leave_alone(customer_id, alongside)
            return None
        mirror.prepare(snapshot)
        holder = _write(holder_id, seen, customer_id, snapshot, alongside)
        if holder is not None:
            return holder
        time.sleep(random.uniform(0, 0.05) * attempt)  # noqa: S311 - so that two do not keep in step
        if not still_wanted():
            return None
    raise SyncContention(f"Customer {customer_id} kept changing while it was read")


def _holder_id(customer_id: str) -> Any:
    return (
        holder_model()
        ._default_manager.filter(stripe_customer_id=customer_id)
        .values_list("pk", flat=True)
        .first()
    )


def _holder_named_in(customer: Json | None) -> Any:
    """The holder a replaced customer was made for; our metadata on it names the primary key."""
    named = ((customer or {}).get("metadata") or {}).get("djstripe_subscriber", "")
    try:
        return holder_model()._default_manager.filter(pk=named).values_list("pk", flat=True).first()
    except (ValueError, ValidationError):  # not a UUID: made by another product
        return None


def _version(holder_id: Any) -> int | None:
    return holder_model()._default_manager.filter(pk=holder_id).values_list("sync_version", flat=True).first()


def _leave_alone(customer_id: str, alongside: Callable[[], None]) -> None:
    logger.info("No holder behind customer %s, leaving it alone", customer_id)
    with transaction.atomic():
        alongside()


def _write(
    holder_id: Any,
    seen: int | None,
    customer_id: str,
    snapshot: CustomerSnapshot,
    alongside: Callable[[], None],
) -> SubscriptionModelBase | None:
    """One transaction, no network. None: somebody wrote since `seen`, so the snapshot may be old."""
    with transaction.atomic():
        holder = lock_holder(holder_id)
        if holder.sync_version != seen:
            return None
        mirror.write(snapshot)
        _write_rows(holder, customer_id, snapshot)
        current = _choose_current(holder)
        if snapshot.customer is None:
            _forget_customer(holder, customer_id)
        _note_quantity(holder, current)
        holder.sync_version += 1
        holder.save(update_fields=SYNC_COLUMNS)
        subscription_synced.send(sender=Subscription, holder=holder, current=current)
        alongside()
        return holder


def _write_rows(holder: SubscriptionModelBase, customer_id: str, snapshot: CustomerSnapshot) -> None:
    ids = {item["price"]["product"] for row in snapshot.subscriptions for item in _items(row)}
    plans = plans_of_products(ids)
    for data in snapshot.subscriptions:
        _write_row(holder, data["id"], _row_values(data, snapshot, plans))
    gone = holder.subscriptions.filter(stripe_customer_id=customer_id).exclude(status=Status.CANCELED)
    for row in gone.exclude(stripe_id__in=[data["id"] for data in snapshot.subscriptions]):
        now = timezone.now()
        _write_row(
            holder,
            row.stripe_id,
            {"status": Status.CANCELED, "ended_at": now, "ends_at": now, "synced_at": now},
        )


def _write_row(holder: SubscriptionModelBase, stripe_id: str, values: dict[str, Any]) -> None:
    before = Subscription.objects.filter(stripe_id=stripe_id).first()
    row, _created = Subscription.objects.update_or_create(
        stripe_id=stripe_id, defaults={"holder": holder, **values}
    )
    if _told(before) != _told(row):
        audit.record(
            "subscription.changed",
            actor=None,
            target=row,
            holder=holder,
            before=_told(before),
            after=_told(row),
        )


def _told(row: Subscription | None) -> dict[str, Any] | None:
    """What of a row is worth an audit entry."""
    if row is None:
        return None
    return {
        "status": str(row.status),
        "plan": row.plan_slug,
        "interval": row.interval,
        "quantity": row.quantity,
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
    }


def _row_values(data: Json, snapshot: CustomerSnapshot, plans: dict[str, ProductMetadata]) -> dict[str, Any]:
    item = _plan_item(_items(data), plans)
    plan = plans.get(item["price"]["product"]) if item else None
    if item and plan is None:
        logger.warning("Subscription %s is on a product ACTIVE_PRODUCTS does not know", data["id"])
    pause = data.get("pause_collection") or {}
    return {
        "stripe_customer_id": _id(data["customer"]),
        "status": data["status"],
        "plan_slug": plan.slug if plan else "",
        "plan_item_id": item["id"] if item else "",
        "price_id": item["price"]["id"] if item else "",
        "interval": ((item or {}).get("price", {}).get("recurring") or {}).get("interval", ""),
        "currency": data.get("currency") or "",
        "quantity": (item or {}).get("quantity"),
        "created": _when(data["created"]),
        "current_period_start": _when(_period(data, item, "current_period_start")),
        "current_period_end": _when(_period(data, item, "current_period_end")),
        "trial_start": _when(data.get("trial_start")),
        "trial_end": _when(data.get("trial_end")),
        "ends_at": _when(_ends_at(data, item)),
        "ended_at": _when(data.get("ended_at")),
        "collection_paused": bool(pause),
        "collection_resumes_at": _when(pause.get("resumes_at")),
        "past_due_since": _when(_oldest_open_invoice(data, snapshot.invoices)),
        "payment_method_id": _payment_method_id(data, snapshot.customer),
        "latest_invoice_id": _id(data.get("latest_invoice")),
        "synced_at": timezone.now(),
    }


def _items(data: Json) -> list[Json]:
    return data["items"]["data"]


def _plan_item(items: list[Json], plans: dict[str, ProductMetadata]) -> Json | None:
    """The item that says which plan it is; the others are add-ons and are left alone."""
    return next((item for item in items if item["price"]["product"] in plans), items[0] if items else None)


def _period(data: Json, item: Json | None, key: str) -> int | None:
    """Since API version 2025-03-31 the period stands on the item, before it stood on the subscription."""
    return (item or {}).get(key) or data.get(key)


def _ends_at(data: Json, item: Json | None) -> int | None:
    """The Portal's flexible billing sets `cancel_at`, classic billing `cancel_at_period_end`."""
    ends = data.get("ended_at") or data.get("cancel_at")
    return ends or (_period(data, item, "current_period_end") if data.get("cancel_at_period_end") else None)


def _oldest_open_invoice(data: Json, invoices: list[Json]) -> int | None:
    if data["status"] not in (Status.PAST_DUE, Status.UNPAID):
        return None
    own = [row for row in invoices if row["status"] == "open" and _subscription_of(row) == data["id"]]
    return min((row["created"] for row in own), default=None)


def _subscription_of(invoice: Json) -> str:
    details = ((invoice.get("parent") or {}).get("subscription_details")) or {}
    return _id(details.get("subscription") or invoice.get("subscription"))


def _payment_method_id(data: Json, customer: Json | None) -> str:
    fallback = ((customer or {}).get("invoice_settings") or {}).get("default_payment_method")
    return _id(data.get("default_payment_method") or fallback)


def _id(reference: Any) -> str:
    """Stripe gives an id, or the object when it was expanded."""
    return reference["id"] if isinstance(reference, dict) else reference or ""


def _when(timestamp: int | None) -> datetime | None:
    return datetime.fromtimestamp(timestamp, tz=UTC) if timestamp else None


def _choose_current(holder: SubscriptionModelBase) -> Subscription | None:
    """Mark the subscription that counts. Two live ones are stored and shouted about, never refused."""
    rows = list(holder.subscriptions.all())
    if sum(row.is_live for row in rows) > 1:
        logger.error("Holder %s has more than one live subscription", holder.pk)
    chosen = max(rows, key=_precedence, default=None)
    if [row for row in rows if row.is_current] != [row for row in (chosen,) if row]:
        holder.subscriptions.filter(is_current=True).update(is_current=False)
        holder.subscriptions.filter(pk=chosen.pk if chosen else None).update(is_current=True)
    return chosen


def _precedence(row: Subscription) -> tuple[int, float]:
    """Grants access, live, waiting for a first payment, dead; the oldest live, the newest dead."""
    age = row.created.timestamp()
    if row.is_live:
        return (3 if row.grants_access() else 2, -age)
    return (1 if row.status == Status.INCOMPLETE else 0, age)


def _forget_customer(holder: SubscriptionModelBase, customer_id: str) -> None:
    """Deleted at Stripe: the next Checkout makes a new one, under a new idempotency key."""
    if holder.stripe_customer_id == customer_id:
        holder.stripe_customer_id = ""
        holder.stripe_customers_replaced += 1


def _note_quantity(holder: SubscriptionModelBase, current: Subscription | None) -> None:
    """Let the next seat sync look at a holder whose quantity at Stripe is not the count (policy P3)."""
    if current is None or not bills_by_quantity(current):
        return
    if current.quantity != max(1, holder.get_quantity()):
        holder.billing_details_last_changed = timezone.now()


def bills_by_quantity(subscription: Subscription) -> bool:
    """True when seat sync sets the quantity: live, a known plan billed by the holder, not metered."""
    if subscription.status not in LIVE_STATUSES or subscription.quantity is None:
        return False
    plan = find_plan(subscription.plan_slug)
    return plan is not None and plan.quantity == "holder"
