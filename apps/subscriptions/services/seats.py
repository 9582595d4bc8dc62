"""Billed seats: the quantity at Stripe is set from the count, never added to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.errors import BillingError, StripeRefused, SyncContention
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import LIVE_STATUSES, SeatChange, SeatSync, Status, Subscription
from apps.subscriptions.services import customers
from apps.subscriptions.services.addresses import holders_with_stale_address
from apps.subscriptions.services.plan_change.phases import with_quantity

logger = logging.getLogger(__name__)

ROUNDS = 4
WAITS_FOR_MONEY = (Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID, Status.PAUSED)
LOOK_AGAIN_AFTER = timedelta(days=1)


def record_change(holder: SubscriptionModelBase, *, actor: Any, reason: str, before: int, after: int) -> None:
    """Note why the count moved, in the transaction that moves it."""
    actor_label = actor.email if actor else ""
    SeatChange.objects.create(
        holder=holder, actor=actor, actor_label=actor_label, reason=reason, before=before, after=after
    )
    holder.billing_details_changed()


def waits_for_sync(holder: SubscriptionModelBase) -> bool:
    synced = holder.last_synced_with_stripe
    return synced is None or holder.billing_details_last_changed > synced


def match_seats(holder: SubscriptionModelBase) -> None:
    """Make Stripe bill for as many seats as the holder counts, now and after a change that waits.

    Not yet while a change waits for its payment: then the seats follow, prorated from that moment. Raises
    BillingError. Counts again after each call: whoever was slower than another worker puts its own old
    number right.
    """
    for _round in range(ROUNDS):
        counted_at, wanted = timezone.now(), max(1, holder.get_quantity())
        subscription = holder.subscriptions.filter(is_current=True).first()
        if subscription is None or not sync.seats_are_off(subscription, wanted):
            return _mark_synced(holder, counted_at)
        if subscription.waits_for_payment:
            # Any change of items would drop what somebody is about to pay for, and void its invoice. Stripe
            # keeps it for 23 hours at most; the hourly run comes back to a holder that stays unsynced.
            return None
        _set_seats(holder, subscription, wanted)
    raise SyncContention(f"Seats of {holder.pk} kept changing")


def _set_seats(holder: SubscriptionModelBase, subscription: Subscription, wanted: int) -> None:
    try:
        if sync.bills_by_quantity(subscription) and subscription.quantity != wanted:
            _set_quantity(holder, subscription, wanted)
        else:
            _set_next_quantity(subscription, wanted)
    except StripeRefused:
        sync.sync_customer(subscription.stripe_customer_id)  # ended or changed without our knowing
        raise
    sync.sync_customer(subscription.stripe_customer_id)


def _set_next_quantity(subscription: Subscription, quantity: int) -> None:
    """Stripe carries a change of seats into the present phase of a schedule only."""
    schedule = stripe_api.schedules.retrieve(subscription.schedule_id)
    phases = with_quantity(schedule, subscription.next_price_id, quantity)
    stripe_api.schedules.set_phases(subscription.schedule_id, phases)


def _set_quantity(holder: SubscriptionModelBase, subscription: Subscription, quantity: int) -> None:
    newest = SeatChange.objects.filter(holder=holder).values_list("pk", flat=True).first() or 0
    behavior = settings.SEAT_PRORATION_BEHAVIOR.get(subscription.interval, "create_prorations")
    request_id = stripe_api.subscriptions.set_quantity(
        subscription.plan_item_id, quantity, proration_behavior=behavior
    )
    SeatSync.objects.create(
        holder=holder,
        subscription_stripe_id=subscription.stripe_id,
        quantity=quantity,
        stripe_request_id=request_id,
        covers_changes_to=newest,
    )


def _mark_synced(holder: SubscriptionModelBase, counted_at: datetime) -> None:
    holder_model()._default_manager.filter(pk=holder.pk).update(last_synced_with_stripe=counted_at)


def holders_to_sync() -> QuerySet[Any]:
    """Holders of a live subscription whose count may have changed since Stripe was told."""
    changed = Q(last_synced_with_stripe__isnull=True) | Q(
        billing_details_last_changed__gt=F("last_synced_with_stripe")
    )
    return holder_model()._default_manager.filter(
        changed, subscriptions__is_current=True, subscriptions__status__in=LIVE_STATUSES
    )


def stale_subscriptions() -> QuerySet[Subscription]:
    """Rows whose trial, period, end or waiting change is over without news from Stripe (policy P11).

    And those that wait for money, once a day: that it came, or that Stripe gave up, may be news that was
    lost, and until it is known their holder can neither use a plan nor choose another.
    """
    now = timezone.now()
    passed = (
        Q(status=Status.TRIALING, trial_end__lte=now)
        | Q(current_period_end__lte=now)
        | Q(ends_at__lte=now)
        | Q(pending_until__lte=now)
    )
    waiting = Q(status__in=WAITS_FOR_MONEY, synced_at__lte=now - LOOK_AGAIN_AFTER)
    return Subscription.objects.filter(passed & Q(status__in=LIVE_STATUSES) | waiting)


def foreign_subscriptions() -> QuerySet[Subscription]:
    """Live rows from before the site changed its mode. Our key finds nothing there: read back, they end."""
    return Subscription.objects.filter(status__in=LIVE_STATUSES).exclude(livemode=settings.STRIPE_LIVE_MODE)


def sync_all(*, holder_id: Any = None, dry_run: bool = False) -> Iterator[tuple[str, Exception | None]]:
    """Read back what fell silent, set every changed quantity, tell addresses that Stripe does not have yet.

    Yields (what, error) for each. One failing holder never stops the run.
    """
    stale = stale_subscriptions() | foreign_subscriptions()
    changed, moved = holders_to_sync(), holders_with_stale_address()
    if holder_id is not None:
        stale, changed = stale.filter(holder=holder_id), changed.filter(pk=holder_id)
        moved = moved.filter(pk=holder_id)
    for customer_id in list(stale.values_list("stripe_customer_id", flat=True).distinct()):
        yield f"customer {customer_id}", _try(sync.sync_customer, customer_id, dry_run)
    for holder in changed.iterator():
        yield f"holder {holder.pk} ({holder})", _try(match_seats, holder, dry_run)
    for holder in moved.iterator():
        yield f"address of {holder.pk} ({holder})", _try(customers.push_billing_address, holder, dry_run)


def _try(function: Any, argument: Any, dry_run: bool) -> Exception | None:
    try:
        if not dry_run:
            function(argument)
    except BillingError as error:
        logger.error("%s(%s) failed: %s", function.__name__, argument, error)
        return error
    except Exception as error:  # a buyer's receiver, a bad row: the others get their turn all the same
        logger.exception("%s(%s) failed", function.__name__, argument)
        return error
    return None
