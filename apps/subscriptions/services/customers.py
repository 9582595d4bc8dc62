"""Our customer at Stripe: made once per holder, race-proof, replaced when somebody deleted it there."""

from __future__ import annotations

import logging

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api
from apps.subscriptions.errors import KeySpent, StripeRefused, SyncContention
from apps.subscriptions.holders import billing_address, holder_label, holder_model

logger = logging.getLogger(__name__)


def ensure_customer(holder: SubscriptionModelBase) -> str:
    """The holder's customer id; makes the customer if there is none. Call outside transactions.

    The idempotency key depends on the holder alone, so two requests, or a retry after a lost answer, get one
    customer.
    """
    holder.refresh_from_db(fields=["stripe_customer_id", "stripe_customers_replaced"])
    if not holder.stripe_customer_id:
        customer_id = _create(holder)
        _introduce(holder, customer_id)
        _remember(holder, customer_id)
    return holder.stripe_customer_id


def _create(holder: SubscriptionModelBase) -> str:
    try:
        return _create_once(holder)
    except KeySpent as error:
        logger.error("The key of %s's customer is spent: %s", holder.pk, error)
        _take_next_key(holder)
        return _create_once(holder)


def _create_once(holder: SubscriptionModelBase) -> str:
    key = f"customer:{holder.pk}:{holder.stripe_customers_replaced}"
    metadata = {"djstripe_subscriber": str(holder.pk)}
    made: str = stripe_api.customers.create(metadata, idempotency_key=key)["id"]
    return made


def _take_next_key(holder: SubscriptionModelBase) -> None:
    """One step, however many find out at once, so that all of them ask with one key again."""
    number = holder.stripe_customers_replaced
    rows = holder_model()._default_manager.filter(pk=holder.pk, stripe_customers_replaced=number)
    rows.update(stripe_customers_replaced=number + 1)
    holder.refresh_from_db(fields=["stripe_customers_replaced"])


def _introduce(holder: SubscriptionModelBase, customer_id: str) -> None:
    """Before the customer is remembered: an answer lost here leads to the same customer again."""
    try:
        _tell(holder, customer_id)
    except StripeRefused as error:  # an address Stripe does not take is no reason not to sell: Checkout asks
        logger.error("Customer %s has no address: %r", customer_id, error)


def _remember(holder: SubscriptionModelBase, customer_id: str) -> None:
    """Unless somebody else did, or that customer was replaced since: then theirs stands."""
    number = holder.stripe_customers_replaced
    rows = holder_model()._default_manager.filter(
        pk=holder.pk, stripe_customer_id="", stripe_customers_replaced=number
    )
    rows.update(stripe_customer_id=customer_id)
    holder.refresh_from_db(fields=["stripe_customer_id", "stripe_customers_replaced"])
    if not holder.stripe_customer_id:
        raise SyncContention(f"The customer of {holder.pk} was deleted while it was made")


def push_billing_address(holder: SubscriptionModelBase) -> None:
    """Tell Stripe name and address for invoices; nothing to do before the first purchase."""
    if holder.stripe_customer_id:
        _tell(holder, holder.stripe_customer_id)


def _tell(holder: SubscriptionModelBase, customer_id: str) -> None:
    stripe_api.customers.update(customer_id, email=billing_address(holder), name=holder_label(holder))
