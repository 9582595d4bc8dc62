"""Stripe's products and prices, as dj-stripe mirrors them, matched to metadata.py."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from djstripe.models import Price, Product

from apps.subscriptions.metadata import ACTIVE_PRODUCTS, PlanInterval, ProductMetadata


def stripe_product_id(plan: ProductMetadata) -> str | None:
    """The product id the plan names itself, directly or through a setting; None: found by metadata."""
    if plan.stripe_id is None or plan.stripe_id.startswith("prod_"):
        return plan.stripe_id
    return getattr(settings, plan.stripe_id, None)


def plans_of_products(product_ids: Iterable[str]) -> dict[str, ProductMetadata]:
    """{product id: plan} for the products ACTIVE_PRODUCTS knows (one query)."""
    by_slug = {plan.slug: plan for plan in ACTIVE_PRODUCTS}
    by_id = {stripe_product_id(plan): plan for plan in ACTIVE_PRODUCTS if plan.stripe_id}
    slugs = dict(Product.objects.filter(id__in=list(product_ids)).values_list("id", "metadata__plan"))
    found = {id: by_id.get(id) or by_slug.get(slug) for id, slug in slugs.items()}
    return {id: plan for id, plan in found.items() if plan}


def prices_for_sale() -> dict[tuple[str, PlanInterval], dict[str, Any]]:
    """{(plan slug, interval): Stripe's price} of what Checkout can sell now (one query).

    Found by lookup key, which always names the newest price.
    """
    keys = {
        plan.lookup_key(interval): (plan.slug, interval)
        for plan in ACTIVE_PRODUCTS
        for interval in PlanInterval
    }
    prices = Price.objects.filter(lookup_key__in=keys, active=True).values_list("lookup_key", "stripe_data")
    return {keys[lookup_key]: data for lookup_key, data in prices}


def price_by_id(price_id: str) -> dict[str, Any] | None:
    return Price.objects.filter(id=price_id).values_list("stripe_data", flat=True).first()
