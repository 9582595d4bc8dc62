"""All that sync looks at, of one customer, in one go."""

from __future__ import annotations

from dataclasses import dataclass

from apps.subscriptions import errors
from apps.subscriptions.gateway import Json, client, named_errors, plain
from apps.subscriptions.stripe_api import customers

INVOICE_DISCOUNTS = ["data.discounts", "data.lines.data.discounts"]
"""dj-stripe's tables take discounts as objects; Stripe answers ids unless asked."""
SUBSCRIPTION_DISCOUNTS = ["data.discounts.promotion_code", "data.discounts.source.coupon"]
"""Pages say a discount in words: how much, how long, by which code."""


@dataclass(frozen=True)
class CustomerSnapshot:
    """All that sync looks at, read in one go. `customer` is None when it is gone at Stripe."""

    customer: Json | None
    subscriptions: list[Json]
    invoices: list[Json]  # the newest hundred, newest first
    payment_methods: list[Json]  # those that will be charged next


def fetch(customer_id: str) -> CustomerSnapshot:
    """Two calls for a customer with a subscription; all pages of subscriptions, the newest of invoices."""
    subscriptions = _fetch_subscriptions(customer_id)
    customer = subscriptions[0]["customer"] if subscriptions else customers.retrieve(customer_id)
    if customer is None or customer.get("deleted"):
        return CustomerSnapshot(None, [], [], [])
    with named_errors():
        invoices = client().v1.invoices.list(
            {"customer": customer_id, "limit": 100, "expand": INVOICE_DISCOUNTS}
        )
    cards = _payment_methods(customer, subscriptions)
    rows = [
        {**row, "customer": customer_id, "default_payment_method": _card_id(row)} for row in subscriptions
    ]
    return CustomerSnapshot(customer, rows, [plain(invoice) for invoice in invoices.data], cards)


def _fetch_subscriptions(customer_id: str) -> list[Json]:
    """With customer and payment method expanded; none for a customer that does not exist."""
    params = {"customer": customer_id, "status": "all", "limit": 100}
    expand = ["data.customer", "data.default_payment_method", *SUBSCRIPTION_DISCOUNTS]
    try:
        with named_errors():
            found = client().v1.subscriptions.list({**params, "expand": expand})
            return [plain(subscription) for subscription in found.auto_paging_iter()]
    except errors.NotFoundAtStripe:
        return []


def _payment_methods(customer: Json, subscriptions: list[Json]) -> list[Json]:
    cards = [row["default_payment_method"] for row in subscriptions if row["default_payment_method"]]
    known = {card["id"]: card for card in cards}
    default = (customer.get("invoice_settings") or {}).get("default_payment_method")
    if default and default not in known:
        with named_errors():
            known[default] = plain(client().v1.payment_methods.retrieve(default), default)
    return list(known.values())


def _card_id(subscription: Json) -> str | None:
    card = subscription["default_payment_method"]
    return card["id"] if card else None
