"""What a person and somebody at Stripe do, in stories of a subscription's life."""

from __future__ import annotations

from typing import Any

from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Subscription

DAY = 86400


def tab(client: Any, holder: Any) -> Any:
    return client.get(billing_url("tab", holder))


def add_card(api: Any, row: Subscription, card: str = "pm_card_visa") -> None:
    """As the Portal does: the new card is the customer's default."""
    method = api.payment_methods.attach(card, {"customer": row.stripe_customer_id})
    settings = {"default_payment_method": method.id}
    api.customers.update(row.stripe_customer_id, {"invoice_settings": settings})


def price_at_stripe(api: Any, name: str = "Elsewhere", amount: int = 500) -> str:
    """A price of a product that ACTIVE_PRODUCTS does not know."""
    recurring, product = {"interval": "month"}, {"name": name}
    price = {"currency": "usd", "unit_amount": amount, "recurring": recurring, "product_data": product}
    return api.prices.create(price).id


def second_subscription(api: Any, row: Subscription, lookup_key: str = "pro-month") -> str:
    """Made at Stripe beside the first one."""
    price = api.prices.list({"lookup_keys": [lookup_key]}).data[0].id
    customer = api.customers.retrieve(row.stripe_customer_id)
    card = customer.invoice_settings.default_payment_method or row.payment_method_id
    items = [{"price": price, "quantity": 1}]
    made = api.subscriptions.create({"customer": customer.id, "items": items, "default_payment_method": card})
    return made.id
