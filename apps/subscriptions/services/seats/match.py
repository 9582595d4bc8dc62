"""The quantity at Stripe is set from the count, never added to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.errors import StripeRefused, SyncContention
from apps.subscriptions.holders import holder_model, lock_holder
from apps.subscriptions.models import SeatSync, Subscription
from apps.subscriptions.services.plan_change.phases import with_quantity
from apps.subscriptions.services.seats import claims

logger = logging.getLogger(__name__)

ROUNDS = 4
# What of a subscription decides about the call.
ASKED_WITH = ("is_current", "status", "plan_item_id", "price_id", "quantity", "schedule_id", "next_quantity")


def match_seats(holder: SubscriptionModelBase) -> None:
    """Make Stripe bill for as many seats as the holder counts, now and after a change that waits.

    Not yet while a change waits for its payment: then the seats follow, prorated from that moment. After each
    call it counts again, so that nothing gets lost that moved meanwhile and found us at it. Raises
    BillingError, of which SeatsUnderWay says that another worker is at it and will count again.
    """
    for _round in range(ROUNDS):
        step = _next_step(holder.pk)
        if step is None:
            return
        step()
    raise SyncContention(f"Seats of {holder.pk} kept changing")


def _next_step(holder_id: Any) -> Callable[[], None] | None:
    """What there is to ask of Stripe, ours alone; None: nothing now.

    One transaction under the holder's lock, which whoever changes a team's members takes as well: a change is
    counted here, or it is younger than the mark that is set here.
    """
    with transaction.atomic():
        holder = lock_holder(holder_id)
        unclear = claims.take_over(holder)
        if unclear is not None:
            return partial(_find_out, unclear)
        counted_at, wanted = timezone.now(), max(1, holder.get_quantity())
        subscription = holder.subscriptions.filter(is_current=True).first()
        if subscription is None or not sync.seats_are_off(subscription, wanted):
            holder_model()._default_manager.filter(pk=holder_id).update(last_synced_with_stripe=counted_at)
            return None
        if subscription.waits_for_payment:
            # Any change of items would drop what somebody is about to pay for, and void its invoice. Stripe
            # keeps it for 23 hours at most; the hourly run comes back to a holder that stays unsynced.
            return None
        return _claimed(holder, subscription, wanted)


def _claimed(holder: SubscriptionModelBase, subscription: Subscription, wanted: int) -> Callable[[], None]:
    behavior = ""
    if sync.bills_by_quantity(subscription) and subscription.quantity != wanted:
        behavior = settings.SEAT_PRORATION_BEHAVIOR.get(subscription.interval, "create_prorations")
    row = claims.claim(holder, subscription, wanted, behavior)
    return partial(_tell, row, subscription, holder.sync_version)


def _tell(row: SeatSync, subscription: Subscription, seen: int) -> None:
    with claims.released_on_error(row):
        try:
            if row.proration_behavior:
                _set_quantity(row, subscription, seen)
            else:
                _set_next_quantity(row, subscription)
        except StripeRefused as error:
            _look_why(row, subscription, error)


def _set_quantity(row: SeatSync, subscription: Subscription, seen: int) -> None:
    """One call: its answer is the item as it is now."""
    item, request_id = stripe_api.subscriptions.set_quantity(
        subscription.plan_item_id, row.quantity, proration_behavior=row.proration_behavior
    )
    told = partial(claims.told, row, request_id)
    if not sync.note_item(row.holder_id, seen, item, alongside=told):
        claims.note_answer(row, request_id)
        sync.sync_customer(subscription.stripe_customer_id, alongside=told)


def _set_next_quantity(row: SeatSync, subscription: Subscription) -> None:
    """Stripe carries a change of seats into the present phase of a schedule only."""
    schedule = stripe_api.schedules.retrieve(subscription.schedule_id)
    phases = with_quantity(schedule, subscription.next_price_id, row.quantity)
    stripe_api.schedules.set_phases(subscription.schedule_id, phases)
    sync.sync_customer(subscription.stripe_customer_id, alongside=partial(claims.told, row, ""))


def _look_why(row: SeatSync, subscription: Subscription, error: StripeRefused) -> None:
    """Ended or changed without our knowing: then the next round asks for what fits. Else the error stands."""
    logger.error("Stripe refused %s: %s", row, error)
    sync.sync_customer(subscription.stripe_customer_id)
    fresh = Subscription.objects.get(pk=subscription.pk)
    if all(getattr(fresh, name) == getattr(subscription, name) for name in ASKED_WITH):
        raise error
    claims.forget(row)


def _find_out(row: SeatSync) -> None:
    """Somebody's answer was lost, or they died over it: what has become of it?"""
    with claims.released_on_error(row):
        asked = Subscription.objects.filter(stripe_id=row.subscription_stripe_id).first()
        if asked is not None:
            sync.sync_customer(asked.stripe_customer_id)
        if claims.arrived(row):
            claims.told(row, row.stripe_request_id)
        else:
            claims.forget(row)
