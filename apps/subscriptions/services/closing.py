"""Before a holder goes: nobody can pay for it any more, and nothing of it is billed (policy P9)."""

from __future__ import annotations

from contextlib import suppress

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import sync
from apps.subscriptions.errors import BillingError, CheckoutRefused, EndedInPart, EndUnclear
from apps.subscriptions.models import OVER_STATUSES, CheckoutAttempt, Status, Subscription
from apps.subscriptions.services.cancellation import cancel_now
from apps.subscriptions.services.checkout import expire_open_checkout
from apps.subscriptions.services.deeds import record_once
from apps.users.models import CustomUser


def close_billing(holder: SubscriptionModelBase, *, by: CustomUser) -> None:
    """Close the open payment page, then end every subscription at once, without refund.

    Call it outside transactions; doing it again finishes it. Raises BillingError: the page and all
    subscriptions are as they were. EndUnclear and EndedInPart say that something may have, or has, ended.
    """
    customers = _customers(holder)
    with suppress(CheckoutRefused):  # Stripe has no such page, and makes none
        expire_open_checkout(holder)
    known = list(holder.subscriptions.exclude(status__in=OVER_STATUSES))
    _read_back(customers)  # paid on that page a moment ago, or made at Stripe: what we know may be old
    _record_what_ended(known, by)
    running = _running(holder)
    try:
        cancel_now(holder, by=by, holder_goes=True)
    except BillingError as error:
        _look_what_ended(holder, customers, running, error)


def _record_what_ended(known: list[Subscription], by: CustomUser) -> None:
    """By an earlier click, whose answer was lost: nothing else was to end these."""
    for row in known:
        fresh = Subscription.objects.get(pk=row.pk)
        if fresh.status == Status.CANCELED and row.ends_at is None:
            record_once("subscription.cancelled_now", by=by, known=row)


def _customers(holder: SubscriptionModelBase) -> list[str]:
    """The holder's customer now, and the one an open payment page was made for."""
    holder.refresh_from_db(fields=["stripe_customer_id"])
    attempts = CheckoutAttempt.objects.filter(holder=holder, closed_at=None)
    known = {attempt.parameters.get("customer", "") for attempt in attempts} | {holder.stripe_customer_id}
    return sorted(known - {""})


def _read_back(customers: list[str]) -> None:
    for customer_id in customers:
        sync.sync_customer(customer_id)


def _running(holder: SubscriptionModelBase) -> int:
    return int(holder.subscriptions.exclude(status__in=OVER_STATUSES).count())


def _look_what_ended(
    holder: SubscriptionModelBase, customers: list[str], running: int, error: BillingError
) -> None:
    """Maybe only an answer was lost, and all has ended."""
    try:
        _read_back(customers)
    except BillingError:
        raise EndUnclear(str(error)) from error
    still = _running(holder)
    if still and still < running:
        raise EndedInPart(str(error)) from error
    if still:
        raise error
