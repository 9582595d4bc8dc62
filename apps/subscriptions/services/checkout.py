"""Buying: to Stripe's Checkout and back. One payable session a holder, at most."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core import audit
from apps.core.billing import SubscriptionModelBase
from apps.core.context_processors import absolute_url
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.catalogue import prices_for_sale
from apps.subscriptions.errors import (
    AlreadySubscribed,
    PaymentWaiting,
    PlanTooSmall,
    PriceMissing,
    StripeRefused,
)
from apps.subscriptions.gateway import Json
from apps.subscriptions.holders import billing_url, lock_holder
from apps.subscriptions.metadata import PlanInterval, ProductMetadata
from apps.subscriptions.models import CheckoutAttempt, Status
from apps.subscriptions.services.customers import ensure_customer
from apps.users.models import CustomUser


def start_checkout(
    holder: SubscriptionModelBase, plan: ProductMetadata, interval: PlanInterval, *, by: CustomUser
) -> str:
    """The address of a Checkout session for this plan; the quantity is always our own count.

    Raises AlreadySubscribed, PaymentWaiting, PriceMissing, PlanTooSmall, StripeUnavailable, StripeRefused.
    Asking again for the same gives the same session.
    """
    price = prices_for_sale().get((plan.slug, interval)) if plan.is_sold else None
    if price is None:
        raise PriceMissing(f"No active price {plan.lookup_key(interval)}")
    if plan.max_seats is not None and holder.get_quantity() > plan.max_seats:
        raise PlanTooSmall(f"{holder.pk} has more than {plan.max_seats} seats")
    if holder.stripe_customer_id:
        sync.sync_customer(holder.stripe_customer_id)
    _refuse_second(holder)
    customer_id = ensure_customer(holder)
    parameters = _session_parameters(holder, plan, price["id"], customer_id)
    return _session_url(holder, plan, parameters, by)


def _refuse_second(holder: SubscriptionModelBase) -> None:
    """One live subscription per holder (policy P10)."""
    current = holder.subscriptions.filter(is_current=True).first()
    if current and current.status == Status.INCOMPLETE:
        raise PaymentWaiting(str(current))
    if current and not current.is_over:
        raise AlreadySubscribed(str(current))


def quantity_for(holder: SubscriptionModelBase, plan: ProductMetadata) -> int:
    return 1 if plan.quantity == "one" else max(1, holder.get_quantity())


def trial_days_for(holder: SubscriptionModelBase, plan: ProductMetadata) -> int:
    """Days of free trial the holder would get; one trial per holder, ever (policy P7)."""
    days = settings.TRIAL_DAYS if plan.trial_days is None else plan.trial_days
    had_one = bool(days) and holder.subscriptions.filter(trial_end__isnull=False).exists()
    return 0 if had_one else days


def _session_parameters(
    holder: SubscriptionModelBase, plan: ProductMetadata, price_id: str, customer_id: str
) -> dict[str, Any]:
    """https://docs.stripe.com/api/checkout/sessions/create"""
    back = absolute_url(billing_url("tab", holder))
    subscription: dict[str, Any] = {"metadata": {"plan": plan.slug, "holder": str(holder.pk)}}
    if days := trial_days_for(holder, plan):
        subscription["trial_period_days"] = days
    return {
        "mode": "subscription",
        "customer": customer_id,
        "client_reference_id": str(holder.pk),
        "line_items": [{"price": price_id, "quantity": quantity_for(holder, plan)}],
        "subscription_data": subscription,
        "allow_promotion_codes": True,
        "success_url": absolute_url(billing_url("confirm", holder)) + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": back,
    }


def _session_url(
    holder: SubscriptionModelBase, plan: ProductMetadata, parameters: dict[str, Any], by: CustomUser
) -> str:
    attempt, replaced = _open_attempt(holder, plan, parameters, by)
    if replaced is not None:
        _expire(replaced)
    session = _create_session(attempt)
    if session["status"] == "open":
        return session["url"]
    _close(attempt)  # completed or expired since: what the key gives back is of no use any more
    if session["status"] == "complete":
        sync.sync_customer(parameters["customer"])
        _refuse_second(holder)
    return _session_url(holder, plan, parameters, by)


def _open_attempt(
    holder: SubscriptionModelBase, plan: ProductMetadata, parameters: dict[str, Any], by: CustomUser
) -> tuple[CheckoutAttempt, CheckoutAttempt | None]:
    """The attempt to use, committed before Stripe is asked, and the one it replaces."""
    with transaction.atomic():
        lock_holder(holder.pk)
        former = CheckoutAttempt.objects.filter(holder=holder, closed_at__isnull=True).first()
        if former and former.parameters == parameters:
            return former, None
        if former:
            _close(former)
        line = parameters["line_items"][0]
        attempt = CheckoutAttempt.objects.create(
            holder=holder,
            started_by=by,
            plan_slug=plan.slug,
            price_id=line["price"],
            quantity=line["quantity"],
            parameters=parameters,
        )
        after = {"plan": plan.slug, "quantity": line["quantity"]}
        audit.record("subscription.checkout_started", actor=by, target=attempt, holder=holder, after=after)
        return attempt, former


def _create_session(attempt: CheckoutAttempt) -> Json:
    """The attempt's session as it is now. The key makes a second call find the first one's session."""
    if attempt.session_id:
        return stripe_api.checkout_sessions.retrieve(attempt.session_id)
    session = stripe_api.checkout_sessions.create(
        attempt.parameters, idempotency_key=f"checkout:{attempt.pk}"
    )
    attempt.session_id, attempt.url = session["id"], session["url"] or ""
    attempt.save(update_fields=["session_id", "url"])
    # A replayed answer is as old as the first call.
    return stripe_api.checkout_sessions.retrieve(session["id"])


def _expire(attempt: CheckoutAttempt) -> None:
    """Make the replaced session unpayable, also when its answer was lost and we never learned its id."""
    session = _create_session(attempt)
    if session["status"] == "open":
        try:
            stripe_api.checkout_sessions.expire(session["id"])
        except StripeRefused:  # paid in this very moment: the sync below finds it
            session["status"] = "complete"
    if session["status"] == "complete":
        sync.sync_customer(attempt.parameters["customer"])
        _refuse_second(attempt.holder)


def _close(attempt: CheckoutAttempt) -> None:
    attempt.closed_at = timezone.now()
    attempt.save(update_fields=["closed_at"])


def confirm_checkout(holder: SubscriptionModelBase, session_id: str) -> bool:
    """Whether the subscription bought with this session is known now; reads it back from Stripe if not.

    Raises CheckoutAttempt.DoesNotExist for a session that is not this holder's. No access is given here: that
    is for `sync` and `entitlements`.
    """
    attempt = CheckoutAttempt.objects.get(holder=holder, session_id=session_id)
    sync.sync_customer(attempt.parameters["customer"])
    current = holder.subscriptions.filter(is_current=True).first()
    done = bool(current and current.is_live)
    if done and attempt.closed_at is None:
        _close(attempt)
    return done
