"""One customer compared closely, by two calls: what the lists made suspicious counts only after that.

Nothing counts that is under way: seats that a task is about to tell, a row that was written while we read.
While an event waits in the inbox a run says nothing about its customer: see `news_wait`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.errors import NotFoundAtStripe, SyncContention
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import (
    LIVE_STATUSES,
    OVER_STATUSES,
    CheckoutAttempt,
    Subscription,
    WebhookEvent,
)
from apps.subscriptions.row_values import row_values
from apps.subscriptions.services.reconcile import compare, ours
from apps.subscriptions.services.reconcile.findings import Finding
from apps.subscriptions.services.seats import waits_for_sync
from apps.subscriptions.stripe_api.snapshots import CustomerSnapshot

MOST_READS = 8
UNDER_WAY = timedelta(minutes=15)
"""For so long news that wait, and seats, are on their way; after that they are stuck, and a difference."""


@dataclass(frozen=True)
class Seen:
    """Both sides at one moment."""

    customer_id: str
    snapshot: CustomerSnapshot
    holder: SubscriptionModelBase | None
    rows: dict[str, Subscription]  # all of the holder, and those of the customer, by Stripe's id


def look_at(customer_id: str) -> list[Finding]:
    """All that differs about the customer and its subscriptions. Raises BillingError when Stripe is away."""
    try:
        seen = _see(customer_id)
    except NotFoundAtStripe:  # it is in the other mode
        return list(_of_other_mode(customer_id))
    if seen.holder is None:
        return list(_orphans(seen))
    return [*_customer(seen), *_subscriptions(seen), *_payment_page(seen)]


def _see(customer_id: str) -> Seen:
    for _read in range(MOST_READS):
        holder = _holder_of(customer_id)
        snapshot = stripe_api.snapshots.fetch(customer_id)
        if holder is None and (named := sync.holder_named_in(snapshot.customer)) is not None:
            holder = holder_model()._default_manager.filter(pk=named).first()
        rows = _rows(customer_id, holder)
        if holder is None or _version(holder.pk) == holder.sync_version:
            return Seen(customer_id, snapshot, holder, rows)
    raise SyncContention(f"Customer {customer_id} kept changing while it was compared")


def _holder_of(customer_id: str) -> SubscriptionModelBase | None:
    """As the holder says; else as a row does, of a customer it had before."""
    manager = holder_model()._default_manager
    found: SubscriptionModelBase | None = manager.filter(stripe_customer_id=customer_id).first()
    return found or manager.filter(subscriptions__stripe_customer_id=customer_id).first()


def _rows(customer_id: str, holder: SubscriptionModelBase | None) -> dict[str, Subscription]:
    rows = Subscription.objects.filter(stripe_customer_id=customer_id)
    if holder is not None:
        rows = rows | Subscription.objects.filter(holder_id=holder.pk)
    return {row.stripe_id: row for row in rows}


def _version(holder_id: Any) -> int | None:
    return holder_model()._default_manager.filter(pk=holder_id).values_list("sync_version", flat=True).first()


def news_wait(customer_id: str) -> bool:
    """Whether what differs may only be on its way. To be asked after the look, which takes its time."""
    return WebhookEvent.objects.filter(
        customer_id=customer_id,
        processed_at=None,
        failed_at=None,
        received_at__gt=timezone.now() - UNDER_WAY,
    ).exists()


# The customer ----------------------------------------------------------------------------------------------


def _of_other_mode(customer_id: str) -> Iterator[Finding]:
    holder = _holder_of(customer_id)
    is_stored = holder is not None and holder.stripe_customer_id == customer_id
    rows = Subscription.objects.filter(stripe_customer_id=customer_id)
    if is_stored or rows.exclude(status__in=OVER_STATUSES).exists():
        mode = {"livemode": not settings.STRIPE_LIVE_MODE}
        yield Finding("wrong-mode", customer_id, customer_id, holder, mode)


def _customer(seen: Seen) -> Iterator[Finding]:
    holder, customer_id = seen.holder, seen.customer_id
    assert holder is not None
    if seen.snapshot.customer is None:
        if holder.stripe_customer_id == customer_id:
            yield Finding("missing-customer", customer_id, customer_id, holder, {"customer": customer_id})
    elif not holder.stripe_customer_id:
        yield Finding("unlinked-customer", customer_id, customer_id, holder)
    elif holder.stripe_customer_id != customer_id and not _is_over_and_known(seen):
        here = {"customer": holder.stripe_customer_id}
        yield Finding("duplicate-customer", customer_id, customer_id, holder, here)


def _is_over_and_known(seen: Seen) -> bool:
    """A customer the holder had before: all of its subscriptions have ended, and stand here as history."""
    ids = {data["id"] for data in seen.snapshot.subscriptions}
    over = all(data["status"] in OVER_STATUSES for data in seen.snapshot.subscriptions)
    return bool(ids) and over and ids <= seen.rows.keys()


def _orphans(seen: Seen) -> Iterator[Finding]:
    """Of a holder that was ours. Of others nothing is said: see `ours`."""
    customer = seen.snapshot.customer
    if customer is None or not ours.were_ours([customer]):
        return
    named = {"djstripe_subscriber": ours.named_holder(customer)}
    running = [data for data in seen.snapshot.subscriptions if data["status"] not in OVER_STATUSES]
    for data in running:
        there = {**named, "status": data["status"]}
        yield Finding("orphan-subscription", data["id"], seen.customer_id, None, {}, there)
    if not running and not ours.were_deleted([ours.named_holder(customer)]):
        yield Finding("orphan-customer", seen.customer_id, seen.customer_id, None, {}, named)


def _payment_page(seen: Seen) -> Iterator[Finding]:
    assert seen.holder is not None
    if not any(row.is_live and row.is_current for row in seen.rows.values()):
        return
    for attempt in CheckoutAttempt.objects.filter(
        holder_id=seen.holder.pk, closed_at=None, started_at__lt=timezone.now() - UNDER_WAY
    ):
        subject = attempt.session_id or f"checkout:{attempt.pk}"
        yield Finding("open-payment-page", subject, seen.customer_id, seen.holder)


# Its subscriptions -----------------------------------------------------------------------------------------


def _subscriptions(seen: Seen) -> Iterator[Finding]:
    known = sync.known_in(seen.snapshot.subscriptions, seen.snapshot.schedules)
    discounts = compare.mirrored_discounts(data["id"] for data in seen.snapshot.subscriptions)
    for data in seen.snapshot.subscriptions:
        values = row_values(data, seen.snapshot, known)
        row = seen.rows.get(data["id"])
        if row is None:
            there = {"status": data["status"], "plan": values["plan_slug"], "quantity": values["quantity"]}
            yield Finding("unknown-subscription", data["id"], seen.customer_id, seen.holder, {}, there)
        else:
            yield from _one(seen, row, values, data, discounts)
    yield from _not_at_stripe(seen)
    yield from _second_ones(seen)


def _one(
    seen: Seen, row: Subscription, values: dict[str, Any], data: Json, discounts: Json
) -> Iterator[Finding]:
    there = compare.differing(row, values)
    here = {name: getattr(row, name) for name in there}
    if compare.discounts_differ(data, discounts):
        here["discounts"], there["discounts"] = discounts[data["id"]], compare.discount_ids(data)
    count = _count_if_off(seen, row, values)
    if count is not None:
        here.pop("quantity", None)
        there.pop("quantity", None)
        off = {"count": count, "quantity": row.quantity}
        at_stripe = {"quantity": values["quantity"]}
        yield Finding("foreign-quantity", row.stripe_id, seen.customer_id, seen.holder, off, at_stripe)
    if there:
        kind = "stale-trial" if compare.is_stale_trial(row) and "status" in there else "missed-news"
        sides = compare.as_json(here), compare.as_json(there)
        yield Finding(kind, row.stripe_id, seen.customer_id, seen.holder, *sides)


def _count_if_off(seen: Seen, row: Subscription, values: dict[str, Any]) -> int | None:
    """The count, when Stripe bills for another number and nobody is about to tell it."""
    holder = seen.holder
    assert holder is not None
    if not row.is_current or values["pending_until"] is not None or _seats_under_way(holder):
        return None
    count = max(1, holder.get_quantity())
    columns = ("status", "plan_slug", "quantity", "next_plan_slug", "next_quantity")
    as_there = Subscription(**{name: values[name] for name in columns})
    return count if sync.seats_are_off(as_there, count) else None


def _seats_under_way(holder: SubscriptionModelBase) -> bool:
    return waits_for_sync(holder) and holder.billing_details_last_changed > timezone.now() - UNDER_WAY


def _not_at_stripe(seen: Seen) -> Iterator[Finding]:
    ids = {data["id"] for data in seen.snapshot.subscriptions}
    for row in seen.rows.values():
        if row.stripe_customer_id == seen.customer_id and row.stripe_id not in ids and not row.is_over:
            mode = row.livemode != settings.STRIPE_LIVE_MODE
            here = {"livemode": row.livemode} if mode else {"status": row.status}
            kind = "wrong-mode" if mode else "missing-subscription"
            yield Finding(kind, row.stripe_id, seen.customer_id, seen.holder, here)


def _second_ones(seen: Seen) -> Iterator[Finding]:
    """More than one live subscription of one holder, as Stripe has them; all but the one that counts."""
    there = {data["id"]: data["status"] for data in seen.snapshot.subscriptions}
    others = {
        row.stripe_id: row.status
        for row in seen.rows.values()
        if row.stripe_customer_id != seen.customer_id and row.livemode == settings.STRIPE_LIVE_MODE
    }
    live = {id for id, status in {**others, **there}.items() if status in LIVE_STATUSES}
    counts = next((row.stripe_id for row in seen.rows.values() if row.is_current), "")
    for id in sorted(live - {counts}) if len(live) > 1 else ():
        here = {"current": counts}
        yield Finding("duplicate-subscription", id, seen.customer_id, seen.holder, here)
