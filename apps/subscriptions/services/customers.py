"""Our customer at Stripe: made once per holder, race-proof, replaced when somebody deleted it there."""

from __future__ import annotations

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api
from apps.subscriptions.holders import billing_address, holder_label, holder_model


def ensure_customer(holder: SubscriptionModelBase) -> str:
    """The holder's customer id; makes the customer if there is none. Call outside transactions.

    The idempotency key depends on the holder alone, so two requests, or a retry after a lost answer, get one
    customer.
    """
    holder.refresh_from_db(fields=["stripe_customer_id", "stripe_customers_replaced"])
    if not holder.stripe_customer_id:
        key = f"customer:{holder.pk}:{holder.stripe_customers_replaced}"
        customer = stripe_api.customers.create({"djstripe_subscriber": str(holder.pk)}, idempotency_key=key)
        _remember(holder, customer["id"])
        push_billing_address(holder)
    return holder.stripe_customer_id


def _remember(holder: SubscriptionModelBase, customer_id: str) -> None:
    holder_model()._default_manager.filter(pk=holder.pk).update(stripe_customer_id=customer_id)
    holder.stripe_customer_id = customer_id


def push_billing_address(holder: SubscriptionModelBase) -> None:
    """Tell Stripe name and address for invoices; nothing to do before the first purchase."""
    if holder.stripe_customer_id:
        stripe_api.customers.update(
            holder.stripe_customer_id, email=billing_address(holder), name=holder_label(holder)
        )
