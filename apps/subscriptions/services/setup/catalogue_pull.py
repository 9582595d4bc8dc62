"""From Stripe into dj-stripe's tables: the account, products sold by subscription, their prices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from djstripe.models import Price, Product

from apps.subscriptions import mirror, stripe_api
from apps.subscriptions.api_keys import refresh_api_keys
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import LIVE_STATUSES, Subscription


def pull_catalogue() -> Iterator[Json]:
    """Mirror what Stripe sells by subscription, and what somebody still pays; yields each as it is done.

    All pages are read before the first row is written. What Stripe does not name is archived here.
    """
    refresh_api_keys()
    prices = list(stripe_api.prices.list_all(active=True))
    products = _products_by_subscription(prices)
    prices += _archived_but_paid({price["id"] for price in prices})
    yield from _mirrored(Product, products + _archived_products(products, prices))
    yield from _mirrored(Price, prices)
    _archive_others([row["id"] for row in products + prices if row["active"]])


def _products_by_subscription(prices: list[Json]) -> list[Json]:
    """Every active product but those sold once only. One without any price may be a plan to talk about."""
    products = list(stripe_api.products.list_all(active=True))
    recurring = {price["product"] for price in prices}
    once: set[str] = set()
    if any(product["id"] not in recurring for product in products):
        once = {price["product"] for price in stripe_api.prices.list_all(active=True, type="one_time")}
    return [product for product in products if product["id"] in recurring or product["id"] not in once]


def _archived_but_paid(active_ids: set[str]) -> list[Json]:
    """Prices that are no longer sold while somebody is on them: pages show what these people pay."""
    rows = Subscription.objects.filter(status__in=LIVE_STATUSES, livemode=settings.STRIPE_LIVE_MODE)
    ids = set(rows.exclude(price_id="").values_list("price_id", flat=True)) - active_ids
    found = [stripe_api.prices.retrieve_if_there(price_id) for price_id in sorted(ids)]
    return [price for price in found if price is not None]


def _archived_products(active: list[Json], prices: list[Json]) -> list[Json]:
    """Of prices just read: Stripe leaves prices active when it archives their product."""
    ids = {price["product"] for price in prices} - {product["id"] for product in active}
    return [stripe_api.products.retrieve(product_id) for product_id in sorted(ids)]


def _mirrored(model: Any, rows: list[Json]) -> Iterator[Json]:
    """dj-stripe's own sync takes a request for each product, so what has not changed is left as it is."""
    known = {
        id: (active, data) for id, active, data in model.objects.values_list("id", "active", "stripe_data")
    }
    write = mirror.mirror_product if model is Product else mirror.mirror_price
    for row in rows:
        if known.get(row["id"]) != (row["active"], row):
            write(row)
        yield row


def _archive_others(active_ids: list[str]) -> None:
    """Stripe named all that is active in this mode: what it did not name is no longer for sale."""
    for model in (Product, Price):
        rows = model.objects.filter(active=True, livemode=settings.STRIPE_LIVE_MODE)
        rows.exclude(id__in=active_ids).update(active=False)
