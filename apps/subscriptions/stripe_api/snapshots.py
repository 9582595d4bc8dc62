"""All that sync looks at, of one customer, in one go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from apps.subscriptions import errors
from apps.subscriptions.gateway import Json, client, named_errors, plain
from apps.subscriptions.stripe_api import customers
from apps.subscriptions.stripe_api.meanwhile import meanwhile
from apps.subscriptions.stripe_values import id_of

INVOICE_DISCOUNTS = ["data.discounts", "data.lines.data.discounts"]
"""dj-stripe's tables take discounts as objects; Stripe answers ids unless asked."""
SUBSCRIPTION_DISCOUNTS = ["data.discounts.promotion_code", "data.discounts.source.coupon"]
"""Pages say a discount in words: how much, how long, by which code."""

EXPANDED = [
    "data.customer.invoice_settings.default_payment_method",
    "data.default_payment_method",
    "data.schedule",
]
"""In one call: whom it belongs to, what will be charged, and which change waits for the renewal."""


@dataclass(frozen=True)
class CustomerSnapshot:
    """All that sync looks at, read in one go.

    `customer` is None when it is gone at Stripe; of its subscriptions those that ended are left.
    """

    customer: Json | None
    subscriptions: list[Json]
    invoices: list[Json]  # the newest hundred, newest first
    payment_methods: list[Json]  # those that will be charged next
    schedules: dict[str, Json] = field(default_factory=dict)  # of the subscriptions, by id


def fetch(customer_id: str) -> CustomerSnapshot:
    """Two calls at the same time for a customer with a subscription, one more for one without.

    All pages of subscriptions, the newest of invoices.
    """
    with meanwhile(partial(_list_invoices, customer_id)) as invoices:
        subscriptions = _fetch_subscriptions(customer_id)
        customer = subscriptions[0]["customer"] if subscriptions else customers.retrieve(customer_id)
        if customer is None or customer.get("deleted"):
            ended = [_with_ids(row, customer_id) for row in subscriptions if row.get("ended_at")]
            return CustomerSnapshot(None, ended, [], [])
        cards = _payment_methods(customer, subscriptions)
        schedules = {row["schedule"]["id"]: row["schedule"] for row in subscriptions if row.get("schedule")}
        rows = [_with_ids(row, customer_id) for row in subscriptions]
        return CustomerSnapshot(_with_card_id(customer), rows, invoices(), cards, schedules)


def list_pages() -> Iterator[list[CustomerSnapshot]]:
    """All subscriptions of the account, whatever their status, newest first: 100 a call, one snapshot each.

    Without invoices and cards; discounts are ids.
    """
    params = {"status": "all", "limit": 100, "expand": ["data.customer", "data.schedule"]}
    with named_errors():
        page = client().v1.subscriptions.list(params)
    while page.data:
        yield [_alone(plain(subscription)) for subscription in page.data]
        with named_errors():
            page = page.next_page()


def _alone(subscription: Json) -> CustomerSnapshot:
    customer, schedule = subscription["customer"], subscription.get("schedule")
    return CustomerSnapshot(
        None if customer.get("deleted") else customer,
        [_with_ids(subscription, customer["id"])],
        [],
        [],
        {schedule["id"]: schedule} if schedule else {},
    )


def _fetch_subscriptions(customer_id: str) -> list[Json]:
    """With all that EXPANDED names; none for a customer that does not exist."""
    try:
        return _list_subscriptions(customer_id, EXPANDED)
    except errors.NotFoundAtStripe:
        return []
    except errors.StripeRefused:  # a deleted customer has no card that could be expanded
        return _list_subscriptions(customer_id, ["data.customer", *EXPANDED[1:]])


def _list_subscriptions(customer_id: str, expand: list[str]) -> list[Json]:
    params = {"customer": customer_id, "status": "all", "limit": 100}
    with named_errors():
        found = client().v1.subscriptions.list({**params, "expand": [*expand, *SUBSCRIPTION_DISCOUNTS]})
        return [plain(subscription) for subscription in found.auto_paging_iter()]


def _list_invoices(customer_id: str) -> list[Json]:
    params = {"customer": customer_id, "limit": 100, "expand": INVOICE_DISCOUNTS}
    with named_errors():
        found = client().v1.invoices.list(params)
        return [plain(invoice) for invoice in found.data]


def _payment_methods(customer: Json, subscriptions: list[Json]) -> list[Json]:
    default = (customer.get("invoice_settings") or {}).get("default_payment_method")
    if isinstance(default, str):
        with named_errors():
            default = plain(client().v1.payment_methods.retrieve(default), default)
    found = [row["default_payment_method"] for row in subscriptions] + [default]
    return list({card["id"]: card for card in found if card}.values())


def _with_ids(subscription: Json, customer_id: str) -> Json:
    """As Stripe answers when nothing is expanded, which is how it is mirrored."""
    references = {
        name: id_of(subscription.get(name)) or None for name in ("default_payment_method", "schedule")
    }
    return {**subscription, **references, "customer": customer_id}


def _with_card_id(customer: Json) -> Json:
    settings = customer.get("invoice_settings") or {}
    default = id_of(settings.get("default_payment_method")) or None
    return {**customer, "invoice_settings": {**settings, "default_payment_method": default}}
