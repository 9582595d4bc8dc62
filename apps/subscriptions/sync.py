"""Stripe -> mirror -> our rows, one customer at a time. Nothing else writes `Subscription`.

Any number of times, in any order, from webhooks, the confirm page, commands and tasks: the same rows.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.core import audit
from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import mirror, stripe_api
from apps.subscriptions.catalogue import plans_of_products
from apps.subscriptions.errors import SyncContention
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import holder_model, lock_holder
from apps.subscriptions.metadata import find_plan
from apps.subscriptions.models import LIVE_STATUSES, Status, Subscription
from apps.subscriptions.row_values import Known, coming_price_ids, items_of, pending_items, row_values
from apps.subscriptions.signals import subscription_synced
from apps.subscriptions.stripe_api.snapshots import CustomerSnapshot
from apps.subscriptions.stripe_values import id_of

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
        if seen is None:
            holder_id = None  # none, or deleted since the last look
        snapshot = stripe_api.snapshots.fetch(customer_id)
        if holder_id is None:
            holder_id = _former_holder_id(customer_id, snapshot.customer)
            if holder_id is not None:
                continue  # its version has to be older than the read
            _leave_alone(customer_id, alongside)
            return None
        mirror.prepare(customer_id, snapshot)
        holder = _write(holder_id, seen, customer_id, snapshot, alongside)
        if holder is not None:
            return holder
        time.sleep(random.uniform(0, 0.05) * attempt)  # noqa: S311 - so that two do not keep in step
        if not still_wanted():
            return None
    raise SyncContention(f"Customer {customer_id} kept changing while it was read")


def note_item(holder_id: Any, seen: int, item: Json, *, alongside: Callable[[], None] = lambda: None) -> bool:
    """Write the quantity Stripe answered for the current plan's item: a change of seats is one call.

    False, with nothing written, when somebody wrote since version `seen` or the item is on another price:
    then read the customer back. The rest that follows from the change (invoices, a payment that fails) comes
    with its events. `alongside` as in `sync_customer`.
    """
    with transaction.atomic():
        holder = lock_holder(holder_id)
        row = holder.subscriptions.filter(is_current=True, plan_item_id=item["id"]).first()
        if holder.sync_version != seen or row is None or row.price_id != id_of(item["price"]):
            return False
        _write_row(row, holder, {"quantity": item.get("quantity")})
        holder.sync_version += 1
        holder.save(update_fields=["sync_version"])
        subscription_synced.send(sender=Subscription, holder=holder, current=row)
        alongside()
        return True


def leave_other_mode(holder_id: Any, customer_id: str) -> None:
    """A holder that has moved to this mode: what runs in the other one is over here, its customer forgotten.

    Nothing is told to Stripe, and nobody loses access: rows of the other mode give none.
    """
    with transaction.atomic():
        holder = lock_holder(holder_id)
        rows = list(Subscription.objects.filter(holder=holder))
        for row in rows:
            if row.livemode != settings.STRIPE_LIVE_MODE and not row.is_over:
                _write_row(row, holder, _gone_values())
        current = _choose_current(rows)
        _forget_customer(holder, customer_id)
        holder.sync_version += 1
        holder.save(update_fields=SYNC_COLUMNS)
        subscription_synced.send(sender=Subscription, holder=holder, current=current)


def _holder_id(customer_id: str) -> Any:
    return (
        holder_model()
        ._default_manager.filter(stripe_customer_id=customer_id)
        .values_list("pk", flat=True)
        .first()
    )


def _former_holder_id(customer_id: str, customer: Json | None) -> Any:
    """Of a customer that no holder stores (any more). A deleted one has no metadata: as its rows say."""
    rows = Subscription.objects.filter(stripe_customer_id=customer_id).values_list("holder_id", flat=True)
    return rows.first() if customer is None else holder_named_in(customer)


def holder_named_in(customer: Json | None) -> Any:
    """The holder a replaced customer was made for; our metadata on it names the primary key."""
    named = ((customer or {}).get("metadata") or {}).get("djstripe_subscriber", "")
    try:
        return holder_model()._default_manager.filter(pk=named).values_list("pk", flat=True).first()
    except (ValueError, ValidationError):  # not a UUID: made by another product
        return None


def _version(holder_id: Any) -> int | None:
    return holder_model()._default_manager.filter(pk=holder_id).values_list("sync_version", flat=True).first()


def _leave_alone(customer_id: str, alongside: Callable[[], None]) -> None:
    logger.debug("No holder behind customer %s, leaving it alone", customer_id)
    with transaction.atomic(), mirror.one_account():
        alongside()


def _write(
    holder_id: Any,
    seen: int | None,
    customer_id: str,
    snapshot: CustomerSnapshot,
    alongside: Callable[[], None],
) -> SubscriptionModelBase | None:
    """One transaction, no network. None: somebody wrote since `seen`, or deleted the holder: look again."""
    with transaction.atomic(), mirror.one_account():
        try:
            holder = lock_holder(holder_id)
        except ObjectDoesNotExist:
            return None
        if holder.sync_version != seen:
            return None
        mirror.write(snapshot)
        current = _choose_current(_write_rows(holder, customer_id, snapshot))
        if snapshot.customer is None:
            _forget_customer(holder, customer_id)
        _note_quantity(holder, current)
        holder.sync_version += 1
        holder.save(update_fields=SYNC_COLUMNS)
        subscription_synced.send(sender=Subscription, holder=holder, current=current)
        alongside()
        return holder


def _write_rows(
    holder: SubscriptionModelBase, customer_id: str, snapshot: CustomerSnapshot
) -> list[Subscription]:
    """All of the holder's rows as they are now. An old dead one that did not change is left unwritten."""
    ids = [data["id"] for data in snapshot.subscriptions]
    before = Subscription.objects.filter(Q(holder=holder) | Q(stripe_id__in=ids))
    rows = {row.stripe_id: row for row in before}
    known, had_two = known_in(snapshot.subscriptions, snapshot.schedules), _has_two(rows.values())
    for data in snapshot.subscriptions:
        row = rows.setdefault(data["id"], Subscription(stripe_id=data["id"]))
        _write_row(row, holder, row_values(data, snapshot, known))
    for row in rows.values():
        if row.stripe_id not in ids and row.stripe_customer_id == customer_id and not row.is_over:
            _write_row(row, holder, _gone_values())
    if _has_two(rows.values()) and not had_two:
        logger.error("Holder %s has more than one live subscription", holder.pk)
    return list(rows.values())


def known_in(subscriptions: Iterable[Json], schedules: dict[str, Json]) -> Known:
    """What `row_values` has to know about them, as the mirror has it (two queries at most)."""
    items = [item for data in subscriptions for item in items_of(data) + pending_items(data)]
    prices = mirror.prices(coming_price_ids(schedules.values()))
    products = {item["price"]["product"] for item in items} | {row["product"] for row in prices.values()}
    return Known(plans_of_products(products), prices)


def _gone_values() -> dict[str, Any]:
    """Stripe does not list it any more."""
    now = timezone.now()
    return {"status": Status.CANCELED, "ended_at": now, "ends_at": now, "synced_at": now}


def _write_row(row: Subscription, holder: SubscriptionModelBase, values: dict[str, Any]) -> None:
    before = _told(row) if row.pk else None
    values = {**values, "holder_id": holder.pk}
    changed = [name for name, value in values.items() if row.pk is None or getattr(row, name) != value]
    row.holder = holder  # type: ignore[assignment]
    if changed == ["synced_at"] and row.is_over:
        return
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=changed if row.pk else None)
    if before != _told(row):
        _tell_change(row, before)


def _tell_change(row: Subscription, before: dict[str, Any] | None) -> None:
    after = _told(row)
    with audit.from_origin(audit.NOWHERE):  # Stripe's news, whoever's request it came in with
        audit.record(
            "subscription.changed", actor=None, target=row, holder=row.holder, before=before, after=after
        )
    if not row.plan_slug and (before is None or before["plan"]):
        logger.warning("Subscription %s is on a product ACTIVE_PRODUCTS does not know", row.stripe_id)


def _told(row: Subscription) -> dict[str, Any]:
    """What of a row is worth an audit entry."""
    return {
        "status": str(row.status),
        "plan": row.plan_slug,
        "interval": row.interval,
        "quantity": row.quantity,
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
        "next_plan": row.next_plan_slug,
    }


def _has_two(rows: Iterable[Subscription]) -> bool:
    return sum(row.is_live for row in rows) > 1


def _choose_current(rows: list[Subscription]) -> Subscription | None:
    """Mark the subscription that counts. Two live ones are stored, told of once and listed, never refused."""
    chosen = max(rows, key=precedence, default=None)
    for row in sorted(rows, key=lambda row: row is chosen):  # first unmark: the index allows one
        if row.is_current != (row is chosen):
            row.is_current = row is chosen
            row.save(update_fields=["is_current"])
    return chosen


def precedence(row: Subscription) -> tuple[int, float, str]:
    """Grants access, live, waiting for a first payment, dead; the oldest live, the newest dead."""
    age = row.created.timestamp()
    if row.is_live:
        return (3 if row.grants_access() else 2, -age, row.stripe_id)
    return (1 if row.status == Status.INCOMPLETE else 0, age, row.stripe_id)


def _forget_customer(holder: SubscriptionModelBase, customer_id: str) -> None:
    """Deleted at Stripe: the next Checkout makes a new one, under a new idempotency key."""
    if holder.stripe_customer_id == customer_id:
        holder.stripe_customer_id = ""
        holder.stripe_customers_replaced += 1


def _note_quantity(holder: SubscriptionModelBase, current: Subscription | None) -> None:
    """Let the next seat sync look at a holder whose quantity at Stripe is not the count (policy P3)."""
    if current is not None and seats_are_off(current, max(1, holder.get_quantity())):
        holder.billing_details_last_changed = timezone.now()


def seats_are_off(subscription: Subscription, count: int) -> bool:
    """Whether Stripe bills, or will bill after a change that waits, for another number of seats."""
    if bills_by_quantity(subscription) and subscription.quantity != count:
        return True
    waits = subscription.is_live and subscription.next_quantity is not None
    return waits and _is_billed_by_holder(subscription.next_plan_slug) and subscription.next_quantity != count


def bills_by_quantity(subscription: Subscription) -> bool:
    """True when seat sync sets the quantity: live, a known plan billed by the holder, not metered."""
    if subscription.status not in LIVE_STATUSES or subscription.quantity is None:
        return False
    return _is_billed_by_holder(subscription.plan_slug)


def _is_billed_by_holder(slug: str) -> bool:
    plan = find_plan(slug)
    return plan is not None and plan.quantity == "holder"
