"""The quantity at Stripe is set from the count, never added to."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.errors import StripeRefused, SyncContention
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import SeatChange, SeatSync, Subscription
from apps.subscriptions.services.plan_change.phases import with_quantity

logger = logging.getLogger(__name__)

ROUNDS = 4


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
        proration_behavior=behavior,
        told_at=timezone.now(),
        stripe_request_id=request_id,
        covers_changes_to=newest,
    )


def _mark_synced(holder: SubscriptionModelBase, counted_at: datetime) -> None:
    holder_model()._default_manager.filter(pk=holder.pk).update(last_synced_with_stripe=counted_at)
