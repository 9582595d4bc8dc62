"""The webhook inbox: store first, work later, lose nothing.

The unit of work is the customer: all of one customer's waiting events are worked together, with one read from
Stripe, in one transaction with our rows and `processed_at`.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from djstripe.models import Event

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import api_keys, gateway, mirror, stripe_api, sync
from apps.subscriptions.errors import BillingError, NotFoundAtStripe
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import WebhookEvent

logger = logging.getLogger(__name__)

BATCH = 50
# Seconds until the next attempt; after the last one, the sweeper goes on every 15 minutes for three days.
DELAYS = (1, 2, 4, 8, 16, 30, 60, 120, 240, 480, 900)
GIVE_UP_AFTER = timedelta(days=3)
KEEP_FOR = timedelta(days=90)

# What `bootstrap_webhooks` asks Stripe for. Anything else that arrives is stored and changes nothing.
HANDLED_EVENTS = [
    "charge.dispute.closed",
    "charge.dispute.created",
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
    WebhookEvent.objects.bulk_create([row], ignore_conflicts=True)


def revive(event_id: str) -> None:
    """An event that was given up and is delivered again gets another try."""
    given_up = WebhookEvent.objects.filter(
        event_id=event_id, failed_at__isnull=False, processed_at__isnull=True
    )
    given_up.update(failed_at=None)


def customer_of(event: Json) -> str:
    """The customer an event is about, "" if none: read from the body, which is only a hint."""
    data = event["data"]["object"]
    customer = data.get("id") if data.get("object") == "customer" else data.get("customer")
    if isinstance(customer, dict):
        customer = customer.get("id")
    return customer or ""


def waiting_events(customer_id: str) -> QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(
        customer_id=customer_id, processed_at__isnull=True, failed_at__isnull=True
    )


def work_customer(customer_id: str) -> SubscriptionModelBase | None:
    """Work all waiting events of one customer. Raises what went wrong, after noting it on each row.

    If a receiver fails, each event is tried by itself, so that a poisonous one does not block its neighbours;
    what Stripe answered concerns them all.
    """
    ids = list(waiting_events(customer_id).values_list("pk", flat=True)[:BATCH])
    if not ids:
        return None
    _count_attempt(ids)
    try:
        return _work(customer_id, ids)
    except Exception as error:
        if len(ids) == 1 or isinstance(error, BillingError):
            _note_failure(ids, error)
            raise
    return _work_singly(customer_id, ids)


def _work_singly(customer_id: str, ids: list[int]) -> SubscriptionModelBase | None:
    holder, failure = None, None
    for pk in ids:
        try:
            holder = _work(customer_id, [pk])
        except Exception as error:  # noqa: BLE001 - whatever it is, the next event gets its turn
            _note_failure([pk], error)
            failure = error
    if failure is not None:
        raise failure
    return holder


def _work(customer_id: str, ids: list[int]) -> SubscriptionModelBase | None:
    """Somebody who overtakes us with a newer read may work our events too: then nothing is left to do."""
    waiting = waiting_events(customer_id).filter(pk__in=ids)
    return sync.sync_customer(customer_id, alongside=lambda: _process(ids), still_wanted=waiting.exists)


def work_catalogue_event(event_id: str) -> None:
    """Work an event that is about no customer: products and prices are mirrored, others only filed."""
    row = waiting_events("").filter(event_id=event_id).first()
    if row is None:
        return
    _count_attempt([row.pk])
    try:
        api_keys.ensure_account()
        _mirror_catalogue(row)
        with transaction.atomic():
            _process([row.pk])
    except Exception as error:
        _note_failure([row.pk], error)
        raise


def _mirror_catalogue(row: WebhookEvent) -> None:
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

    dj-stripe's `Event.process` is never committed apart from the mark: after it, a retry would not run the
    receivers again.
    """
    rows = WebhookEvent.objects.select_for_update().filter(pk__in=ids, processed_at__isnull=True)
    for row in rows:
        Event.process(row.payload, api_key=gateway.secret_key())
    rows.update(processed_at=timezone.now(), error="")


def _count_attempt(ids: list[int]) -> None:
    """In its own statement before the work, so that an event that kills the worker is counted too."""
    WebhookEvent.objects.filter(pk__in=ids).update(
        attempts=F("attempts") + 1, next_attempt_at=timezone.now() + timedelta(minutes=2)
    )


def _note_failure(ids: list[int], error: Exception) -> None:
    text = "".join(traceback.format_exception(error))[-10_000:]
    for row in WebhookEvent.objects.filter(pk__in=ids):
        row.error = text
        row.next_attempt_at = timezone.now() + timedelta(seconds=retry_delay(row.attempts))
        if timezone.now() - row.received_at > GIVE_UP_AFTER:
            row.failed_at = timezone.now()
            logger.error("Gave up on %s after %s attempts", row, row.attempts)
        row.save(update_fields=["error", "next_attempt_at", "failed_at"])


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
        yield event_id, _try(work_catalogue_event, event_id)


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


def prune() -> int:
    """Forget what was processed long ago, in dj-stripe's table too; returns how many rows went."""
    before = timezone.now() - KEEP_FOR
    Event.objects.filter(djstripe_created__lt=before).delete()
    return WebhookEvent.objects.filter(processed_at__lt=before).delete()[0]
