"""Buying: to Stripe's Checkout and back. One payable session a holder, at most."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.core import audit
from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import money, stripe_api, sync
from apps.subscriptions.catalogue import prices_for_sale
from apps.subscriptions.errors import (
    AlreadySubscribed,
    CheckoutRefused,
    KeySpent,
    NotFoundAtStripe,
    PaymentWaiting,
    PlanTooSmall,
    PriceMissing,
    StripeRefused,
    SyncContention,
)
from apps.subscriptions.gateway import Json
from apps.subscriptions.history import history_of
from apps.subscriptions.holders import holder_model, lock_holder
from apps.subscriptions.metadata import PlanInterval, ProductMetadata
from apps.subscriptions.models import LIVE_STATUSES, CheckoutAttempt, Status
from apps.subscriptions.services.checkout_params import session_params, without_reader
from apps.subscriptions.services.customers import ensure_customer
from apps.users.models import CustomUser

logger = logging.getLogger(__name__)

MOST_TRIES = 4


@dataclass(frozen=True)
class Purchase:
    """What somebody wants to buy; price, quantity and trial are ours to say."""

    holder: SubscriptionModelBase
    plan: ProductMetadata
    price: Json
    currency: str  # asked for; one the price does not have is not used
    by: CustomUser


def start_checkout(
    holder: SubscriptionModelBase,
    plan: ProductMetadata,
    interval: PlanInterval,
    *,
    by: CustomUser,
    currency: str = "",
) -> str:
    """The address of a Checkout session for this plan; the quantity is always our own count.

    Raises AlreadySubscribed, PaymentWaiting, PriceMissing, PlanTooSmall, StripeUnavailable, CheckoutRefused.
    Asking again for the same gives the same session.
    """
    price = prices_for_sale().get((plan.slug, interval)) if plan.is_sold else None
    if price is None:
        raise PriceMissing(f"No active price {plan.lookup_key(interval)}")
    if plan.max_seats is not None and holder.get_quantity() > plan.max_seats:
        raise PlanTooSmall(f"{holder.pk} has more than {plan.max_seats} seats")
    _read_back(holder)
    purchase = Purchase(holder, plan, price, currency, by)
    for _try in range(MOST_TRIES):
        if url := _session_url(purchase):
            return url
    raise SyncContention(f"Checkout of {holder.pk} kept changing while it was opened")


def _read_back(holder: SubscriptionModelBase, customer_id: str = "") -> None:
    """One live subscription per holder (policy P10), as Stripe sees it now, not as we last heard."""
    holder.refresh_from_db(fields=["stripe_customer_id"])
    for known in {holder.stripe_customer_id, customer_id} - {""}:
        sync.sync_customer(known)
    current = holder.subscriptions.filter(is_current=True).first()
    if current and current.status == Status.INCOMPLETE:
        raise PaymentWaiting(str(current))
    if current and not current.is_over:
        raise AlreadySubscribed(str(current))


def _session_url(purchase: Purchase) -> str | None:
    """None: what we held was completed, expired or taken away meanwhile; look again."""
    params = _params(purchase)
    _end_former(purchase.holder, params)
    attempt = _open_attempt(purchase, params)
    if attempt is None:
        return None
    session = _session_of(attempt)
    if session and session["status"] == "open":
        return session["url"]
    _close(attempt)
    _read_back(purchase.holder)
    return None


def _params(purchase: Purchase) -> Json:
    """What the session is made of, and the customer it is made for."""
    holder = purchase.holder
    customer_id = ensure_customer(holder)
    history = history_of(holder)
    known = money.currencies_of(purchase.price)
    wanted = next((code for code in (history.currency, purchase.currency) if code in known), None)
    return session_params(
        holder,
        purchase.plan,
        purchase.price,
        customer_id=customer_id,
        currency=wanted or purchase.price["currency"],
        trial_days=history.trial_days(purchase.plan),
    )


def _end_former(holder: SubscriptionModelBase, params: Json) -> None:
    """Nobody can pay on the page of another choice any more; only then is its attempt closed.

    Raises StripeUnavailable with the attempt still open: whoever tries again comes back to it.
    """
    former = CheckoutAttempt.objects.filter(holder=holder, closed_at__isnull=True).first()
    if former and not _is_for(former, params):
        _expire(former)
        _close(former)


def _open_attempt(purchase: Purchase, params: Json) -> CheckoutAttempt | None:
    """The attempt to use, committed before Stripe is asked. None: another choice was made meanwhile."""
    holder = purchase.holder
    with transaction.atomic():
        lock_holder(holder.pk)
        former = CheckoutAttempt.objects.filter(holder=holder, closed_at__isnull=True).first()
        if former is None:
            return _new_attempt(purchase, params)
        return former if _is_for(former, params) else None


def _is_for(attempt: CheckoutAttempt, params: Json) -> bool:
    return without_reader(attempt.parameters) == without_reader(params)


def _new_attempt(purchase: Purchase, params: Json) -> CheckoutAttempt:
    (line,) = params["line_items"]
    quantity = line.get("quantity", 0)  # none for what is billed by use
    attempt = CheckoutAttempt.objects.create(
        holder=purchase.holder,
        started_by=purchase.by,
        plan_slug=purchase.plan.slug,
        price_id=line["price"],
        quantity=quantity,
        parameters=params,
    )
    after = {"plan": purchase.plan.slug, "quantity": quantity}
    audit.record(
        "subscription.checkout_started",
        actor=purchase.by,
        target=attempt,
        holder=purchase.holder,
        after=after,
    )
    return attempt


def _session_of(attempt: CheckoutAttempt) -> Json | None:
    """The attempt's session as it is now; None when Stripe has no such session or no such customer.

    Also None when Stripe broke over making it and would say so for a day: what it may have made nobody can
    find, nor pay.
    Raises CheckoutRefused when Stripe does not want to make it: the next try is a new attempt, for Stripe
    gives the answer to a key again for a day.
    """
    try:
        return _find_or_create(attempt)
    except KeySpent as error:
        logger.error("The key of attempt %s is spent: %s", attempt.pk, error)
        return None
    except StripeRefused as error:
        _close(attempt)
        if isinstance(error, NotFoundAtStripe) and not (error.param or "").startswith("line_items"):
            return None
        raise CheckoutRefused(str(error), code=error.code, param=error.param) from error


def _find_or_create(attempt: CheckoutAttempt) -> Json:
    """The key makes a second call find the first one's session."""
    if not attempt.session_id:
        session = stripe_api.checkout_sessions.create(
            attempt.parameters, idempotency_key=f"checkout:{attempt.pk}:{attempt.started_at:%Y%m%dT%H%M%S%f}"
        )
        attempt.session_id, attempt.url = session["id"], session["url"] or ""
        attempt.save(update_fields=["session_id", "url"])
    # A replayed answer is as old as the first call.
    return stripe_api.checkout_sessions.retrieve(attempt.session_id)


def _expire(attempt: CheckoutAttempt) -> None:
    """Make the replaced session unpayable, also when its answer was lost and we never learned its id."""
    try:
        session = _find_or_create(attempt)
    except (StripeRefused, KeySpent) as error:
        logger.info("No session of attempt %s to expire: %r", attempt.pk, error)
        return
    if session["status"] == "open":
        session = _expired(session)
    if session["status"] == "complete":
        _close(attempt)
        _read_back(attempt.holder, attempt.parameters["customer"])


def _expired(session: Json) -> Json:
    try:
        return stripe_api.checkout_sessions.expire(session["id"])
    except StripeRefused:  # paid or expired in this very moment
        return stripe_api.checkout_sessions.retrieve(session["id"])


def _close(attempt: CheckoutAttempt) -> None:
    CheckoutAttempt.objects.filter(pk=attempt.pk, closed_at=None).update(closed_at=timezone.now())


def holders_with_needless_checkout() -> QuerySet[Any]:
    """Holders who could still pay for a subscription although they have a live one."""
    return holder_model()._default_manager.filter(
        checkout_attempts__closed_at=None,
        checkout_attempts__isnull=False,
        subscriptions__is_current=True,
        subscriptions__status__in=LIVE_STATUSES,
    )


def expire_open_checkout(holder: SubscriptionModelBase) -> None:
    """Close the payment page of a holder who came to a subscription by another way (policy P10).

    Nothing to do when none is open. Raises StripeUnavailable, with the page still open.
    """
    attempt = CheckoutAttempt.objects.filter(holder=holder, closed_at=None).first()
    if attempt is None:
        return
    session = _session_of(attempt)
    if session and session["status"] == "open":
        _expired(session)
    _close(attempt)


def close_attempt(session_id: str) -> bool:
    """Its session was completed or has expired, so the next purchase begins anew. False: none was open."""
    attempts = CheckoutAttempt.objects.exclude(session_id="").filter(session_id=session_id, closed_at=None)
    return bool(attempts.update(closed_at=timezone.now()))


# Back from Checkout --------------------------------------------------------------------------------------


class Outcome(StrEnum):
    ACTIVE = "active"  # the holder has a live subscription
    CONFIRMING = "confirming"  # paid, or about to be: Stripe has not said so yet
    PAYMENT_OPEN = "payment_open"  # subscribed, but the bank has to be asked first
    NOT_PAID = "not_paid"  # the payment page is still open
    EXPIRED = "expired"  # nothing was bought, and nothing can be on that page any more
    OVER = "over"  # what was bought has ended since


def confirm_checkout(holder: SubscriptionModelBase, session_id: str) -> Outcome:
    """What became of a session; reads it back from Stripe unless a webhook was faster.

    Raises CheckoutAttempt.DoesNotExist for a session that is not this holder's. No access is given here: that
    is for `sync` and `entitlements`.
    """
    attempt = _attempt_of(holder, session_id)
    if _is_live(holder):
        return Outcome.ACTIVE
    sync.sync_customer(attempt.parameters["customer"])
    if _is_live(holder):
        close_attempt(session_id)
        return Outcome.ACTIVE
    return _outcome(holder, attempt)


def _attempt_of(holder: SubscriptionModelBase, session_id: str) -> CheckoutAttempt:
    if not re.fullmatch(r"cs_\w{1,250}", session_id, re.ASCII):
        raise CheckoutAttempt.DoesNotExist
    return CheckoutAttempt.objects.get(holder=holder, session_id=session_id)


def checkout_url(holder: SubscriptionModelBase, session_id: str) -> str:
    """Where an open payment page is. Raises CheckoutAttempt.DoesNotExist as above."""
    return _attempt_of(holder, session_id).url


def _is_live(holder: SubscriptionModelBase) -> bool:
    current = holder.subscriptions.filter(is_current=True).first()
    return bool(current and current.is_live)


def _outcome(holder: SubscriptionModelBase, attempt: CheckoutAttempt) -> Outcome:
    """Of a session whose holder has no live subscription."""
    try:
        session = stripe_api.checkout_sessions.retrieve(attempt.session_id)
    except NotFoundAtStripe:
        session = {"status": "expired"}
    if session["status"] == "open":
        return Outcome.NOT_PAID
    close_attempt(attempt.session_id)
    if session["status"] == "expired":
        return Outcome.EXPIRED
    row = holder.subscriptions.filter(stripe_id=session.get("subscription") or "").first()
    if row and row.is_over:
        return Outcome.OVER
    return Outcome.PAYMENT_OPEN if row and row.status == Status.INCOMPLETE else Outcome.CONFIRMING
