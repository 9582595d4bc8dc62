"""The webhook inbox: store first, work later, lose nothing.

The unit of work is the customer: all of one customer's waiting events are worked together, with one read from
Stripe, in one transaction with our rows and `processed_at`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.core.prepared import PreparedInsert
from apps.subscriptions import api_keys, mirror, stripe_api, sync
from apps.subscriptions.error_texts import clean_traceback
from apps.subscriptions.errors import BillingError, NotFoundAtStripe
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.signals import event_given_up

logger = logging.getLogger(__name__)

KEPT = PreparedInsert(WebhookEvent)
BATCH = 50
LONGEST_ID = 255  # what Stripe promises: https://docs.stripe.com/upgrades
# Seconds until the next attempt; after the last one, the sweeper goes on every 15 minutes for three days.
DELAYS = (1, 2, 4, 8, 16, 30, 60, 120, 240, 480, 900)
GIVE_UP_AFTER = timedelta(days=3)

# What `bootstrap_webhooks` asks Stripe for. Anything else that arrives is stored and changes nothing.
HANDLED_EVENTS = [
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.updated",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.upcoming",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "price.created",
    "price.deleted",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
]


def store(event: Json) -> None:
    """Keep a verified event: one statement, which a second delivery of the same event passes unharmed."""
    row = WebhookEvent(
        event_id=event["id"], type=event["type"], customer_id=customer_of(event), payload=event
    )
    KEPT.insert(row)


def customer_of(event: Json) -> str:
    """The customer an event is about, "" if none: read from the body, which is only a hint."""
    data = event["data"]["object"]
    if data.get("object") == "customer":
        return _id(data.get("id"))
    # A payment method that was detached names its customer among what it was before.
    before = event["data"].get("previous_attributes")
    return _id(data.get("customer")) or _id(before.get("customer") if isinstance(before, dict) else None)


def _id(reference: Any) -> str:
    """Stripe gives an id, or the object when it was expanded; ids have 255 characters at most."""
    found = reference.get("id") if isinstance(reference, dict) else reference
    return found if isinstance(found, str) and len(found) <= LONGEST_ID else ""


def waiting_events(customer_id: str, event_id: str = "") -> QuerySet[WebhookEvent]:
    """What waits of a customer; `event_id` also if it was given up, because it was delivered again."""
    open_events = WebhookEvent.objects.filter(customer_id=customer_id, processed_at__isnull=True)
    return open_events.filter(Q(failed_at__isnull=True) | Q(event_id=event_id))


def work(customer_id: str, event_id: str) -> SubscriptionModelBase | None:
    """What waits of this customer, or ("") this event, which names none; returns the holder if it is ours."""
    return work_customer(customer_id, event_id) if customer_id else work_event(event_id)


def work_customer(customer_id: str, event_id: str = "") -> SubscriptionModelBase | None:
    """Work all waiting events of one customer. Raises what went wrong, after noting it on each row.

    If a receiver fails, each event is tried by itself, so that a poisonous one does not block its neighbours;
    what Stripe answered concerns them all.
    """
    holder = None
    while rows := list(_next_events(waiting_events(customer_id, event_id))):
        holder = _work_batch(customer_id, rows) or holder
        if len(rows) < BATCH:
            break
    return holder


def _next_events(waiting: QuerySet[WebhookEvent]) -> QuerySet[WebhookEvent]:
    """Those tried least first: a full batch of poisonous ones does not keep the others away."""
    return waiting.defer("payload").order_by("attempts", "pk")[:BATCH]


def _work_batch(customer_id: str, rows: list[WebhookEvent]) -> SubscriptionModelBase | None:
    _count_attempt(rows)
    try:
        return _work(customer_id, rows)
    except Exception as error:
        if len(rows) == 1 or isinstance(error, BillingError):
            _note_failure(rows, error)
            if not isinstance(error, BillingError):
                _sync_all_the_same(customer_id)
            raise
    return _work_singly(customer_id, rows)


def _work_singly(customer_id: str, rows: list[WebhookEvent]) -> SubscriptionModelBase | None:
    holder, failure = None, None
    for row in rows:
        try:
            holder = _work(customer_id, [row])
        except Exception as error:  # noqa: BLE001 - whatever it is, the next event gets its turn
            _note_failure([row], error)
            failure = error
    if failure is not None:
        if holder is None:
            _sync_all_the_same(customer_id)
        raise failure
    return holder


def _sync_all_the_same(customer_id: str) -> None:
    """A receiver that fails holds its event up, never what the customer has paid for."""
    try:
        sync.sync_customer(customer_id)
    except Exception:
        logger.exception("Customer %s could not be synced", customer_id)


def _work(customer_id: str, rows: list[WebhookEvent]) -> SubscriptionModelBase | None:
    """Somebody who overtakes us with a newer read may work our events too: then nothing is left to do."""
    ids = [row.pk for row in rows]
    waiting = WebhookEvent.objects.filter(pk__in=ids, processed_at__isnull=True)
    holder = sync.sync_customer(customer_id, alongside=lambda: _process(ids), still_wanted=waiting.exists)
    _log(rows, f"customer {customer_id}: processed" if holder else f"customer {customer_id}: not ours")
    return holder


def _log(rows: list[WebhookEvent], outcome: str) -> None:
    for row in rows:
        logger.info("Event %s %s, %s", row.event_id, row.type, outcome)


def work_event(event_id: str) -> SubscriptionModelBase | None:
    """Work an event that names no customer: products and prices are mirrored, others only filed.

    A dispute is filed under the customer whose charge it is about, and worked as one of theirs.
    """
    row = waiting_events("", event_id).filter(event_id=event_id).first()
    if row is None:
        return None
    _count_attempt([row])
    try:
        if customer_id := _customer_behind(row):
            WebhookEvent.objects.filter(pk=row.pk).update(customer_id=customer_id)
            return work_customer(customer_id, event_id)
        api_keys.ensure_account()
        mirror_catalogue(row)
        with transaction.atomic():
            _process([row.pk])
    except Exception as error:
        _note_failure([row], error)
        raise
    _log([row], "no customer: processed")
    return None


def _customer_behind(row: WebhookEvent) -> str:
    """A dispute names its charge only; "" for all else, and for a charge that Stripe does not know."""
    data: dict[str, Any] = row.payload["data"]["object"]
    if data.get("object") != "dispute":
        return ""
    try:
        return _id(stripe_api.charges.retrieve(_id(data.get("charge"))).get("customer"))
    except NotFoundAtStripe:
        return ""


def mirror_catalogue(row: WebhookEvent) -> None:
    """The product or price an event is about, read again; nothing for other events. Raises BillingError."""
    data: dict[str, Any] = row.payload["data"]["object"]
    try:
        if data.get("object") == "product":
            mirror.mirror_product(stripe_api.products.retrieve(data["id"]))
        elif data.get("object") == "price":
            mirror.mirror_price(stripe_api.prices.retrieve(data["id"]))
    except NotFoundAtStripe:
        mirror.archive_gone(data)


def _process(ids: list[int]) -> None:
    """Inside sync's transaction: claim the rows, run the buyer's receivers, mark them done.

    What dj-stripe keeps of an event is never committed apart from the mark: after it, a retry would not run
    the receivers again.
    """
    rows = WebhookEvent.objects.select_for_update().filter(pk__in=ids, processed_at__isnull=True)
    mirror.process_events([row.payload for row in rows])
    rows.update(processed_at=timezone.now(), failed_at=None, error="")


def _count_attempt(rows: list[WebhookEvent]) -> None:
    """In its own statement before the work, so that an event that kills the worker is counted too."""
    WebhookEvent.objects.filter(pk__in=[row.pk for row in rows]).update(
        attempts=F("attempts") + 1, next_attempt_at=timezone.now() + timedelta(minutes=2)
    )


def _note_failure(rows: list[WebhookEvent], error: Exception) -> None:
    text = clean_traceback(error)
    for row in WebhookEvent.objects.filter(pk__in=[row.pk for row in rows], processed_at=None):
        wait = retry_delay(row.attempts)
        row.error, row.next_attempt_at = text, timezone.now() + timedelta(seconds=wait)
        row.save(update_fields=["error", "next_attempt_at"])
        if timezone.now() - row.received_at > GIVE_UP_AFTER:
            _give_up(row)
        else:
            _log([row], f"customer {row.customer_id or '-'}: failed ({error}), next try in {wait} s")


def _give_up(row: WebhookEvent) -> None:
    """Unless somebody else worked it in this very moment."""
    unfinished = WebhookEvent.objects.filter(pk=row.pk, processed_at=None)
    with transaction.atomic():
        if not unfinished.update(failed_at=timezone.now()):
            return
        logger.error("Gave up on %s after %s attempts", row, row.attempts)
        event_given_up.send(sender=WebhookEvent, row=row)


def retry_delay(attempts: int) -> int:
    """Seconds to wait after that many attempts."""
    return DELAYS[min(attempts, len(DELAYS)) - 1] if attempts else 0


def work_all() -> Iterator[tuple[str, Exception | None]]:
    """Work everything that waits, due or not; yields (what, error) for each customer or event."""
    waiting = WebhookEvent.objects.filter(processed_at__isnull=True, failed_at__isnull=True)
    for customer_id in list(waiting.exclude(customer_id="").values_list("customer_id", flat=True).distinct()):
        while waiting_events(customer_id).exists():
            error = _try(work_customer, customer_id)
            yield f"customer {customer_id}", error
            if error is not None:
                break
    for event_id in list(waiting.filter(customer_id="").values_list("event_id", flat=True)):
        yield event_id, _try(work_event, event_id)


def _try(work: Callable[[Any], object], argument: Any) -> Exception | None:
    try:
        work(argument)
    except Exception as error:  # noqa: BLE001 - noted on the row; the rest gets its turn
        return error
    return None


def due_events() -> QuerySet[WebhookEvent]:
    """What waits and may be tried now."""
    return WebhookEvent.objects.filter(
        processed_at__isnull=True, failed_at__isnull=True, next_attempt_at__lte=timezone.now()
    )


def postpone(row: WebhookEvent) -> None:
    """Queued just now: not again before this, or an outage piles up copies each minute."""
    wait = timedelta(seconds=max(120, retry_delay(row.attempts)))
    WebhookEvent.objects.filter(pk=row.pk).update(next_attempt_at=timezone.now() + wait)
