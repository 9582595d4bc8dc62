"""What is set up once per Stripe account: catalogue, webhook endpoint, Portal configuration.

All of it may run again at any time; nothing is ever deleted at Stripe but a rotated endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from djstripe.enums import APIKeyType
from djstripe.models import Account, APIKey

from apps.subscriptions import gateway, mirror, stripe_api
from apps.subscriptions.catalogue import stripe_product_id
from apps.subscriptions.gateway import Json
from apps.subscriptions.inbox import HANDLED_EVENTS
from apps.subscriptions.metadata import (
    ACTIVE_PLAN_INTERVALS,
    ACTIVE_PRODUCTS,
    PlanInterval,
    ProductMetadata,
    PushPrice,
)
from apps.subscriptions.services.portal import CONFIGURATION_MARK, our_configuration


def pull_catalogue() -> Iterator[Json]:
    """Mirror the account, then every active product and recurring price; yields each as it is done."""
    refresh_api_keys()
    seen = []
    for product in stripe_api.products.list_all(active=True):
        mirror.mirror_product(product)
        seen.append(product["id"])
        yield product
    for price in stripe_api.prices.list_all(active=True):
        mirror.mirror_price(price)
        seen.append(price["id"])
        yield price
    mirror.archive_others(seen)


def refresh_api_keys() -> Account:
    """Keep exactly the configured keys in dj-stripe's table, where the admin shows them.

    dj-stripe prefers that table to the settings, so a key that was rotated away would win for ever.
    """
    secret, public = gateway.secret_key(), _public_key()
    wanted = [key for key in (secret, public) if key]
    APIKey.objects.filter(livemode=settings.STRIPE_LIVE_MODE).exclude(secret__in=wanted).delete()
    account = Account.get_or_retrieve_for_api_key(secret)
    if public:
        APIKey.objects.update_or_create(
            secret=public,
            defaults={
                "type": APIKeyType.publishable,
                "livemode": settings.STRIPE_LIVE_MODE,
                "djstripe_owner_account": account,
                "name": "Publishable key",
            },
        )
    return account


def _public_key() -> str:
    return settings.STRIPE_LIVE_PUBLIC_KEY if settings.STRIPE_LIVE_MODE else settings.STRIPE_TEST_PUBLIC_KEY


def push_catalogue(*, dry_run: bool = False) -> Iterator[str]:
    """Create or update at Stripe what metadata.py sells; yields a line for each change made (or to make).

    A price never changes at Stripe: a new one takes over its lookup key and the old one is archived, while
    whoever pays the old one goes on paying it.
    """
    products = {
        product["metadata"].get("plan"): product for product in stripe_api.products.list_all(active=True)
    }
    prices = {
        price["lookup_key"]: price for price in stripe_api.prices.list_all(active=True) if price["lookup_key"]
    }
    for plan in (plan for plan in ACTIVE_PRODUCTS if plan.prices):
        product = products.get(plan.slug)
        if stripe_product_id(plan):
            product = stripe_api.products.retrieve(stripe_product_id(plan) or "")
        product_id = yield from _push_product(plan, product, dry_run)
        for interval, price in plan.prices.items():
            yield from _push_price(
                plan, interval, price, product_id, prices.get(plan.lookup_key(interval)), dry_run
            )


def _push_product(plan: ProductMetadata, product: Json | None, dry_run: bool) -> Any:
    wanted: Json = {
        "name": plan.name,
        "description": plan.description,
        "marketing_features": [{"name": feature} for feature in plan.features],
        "metadata": {"plan": plan.slug},
    }
    if plan.quantity == "holder":
        wanted["unit_label"] = "seat"  # what Checkout, Portal and invoices call one of them
    if product is None:
        yield f"create product {plan.slug}"
        return "" if dry_run else stripe_api.products.save(wanted)["id"]
    if any(product.get(key) != value for key, value in wanted.items() if key != "metadata") or (
        product["metadata"].get("plan") != plan.slug
    ):
        yield f"update product {plan.slug} ({product['id']})"
        if not dry_run:
            stripe_api.products.save(wanted, product["id"])
    return product["id"]


def _push_price(
    plan: ProductMetadata,
    interval: PlanInterval,
    price: PushPrice,
    product_id: str,
    former: Json | None,
    dry_run: bool,
) -> Iterator[str]:
    if former is not None and _same_price(price, former):
        return
    yield f"create price {plan.lookup_key(interval)}"
    if dry_run:
        return
    stripe_api.prices.create(_price_params(plan, interval, price, product_id))
    if former is not None:
        yield f"archive price {former['id']}"
        stripe_api.prices.archive(former["id"])


def _price_params(plan: ProductMetadata, interval: PlanInterval, price: PushPrice, product_id: str) -> Json:
    params: Json = {
        "product": product_id,
        "currency": price.currency,
        "recurring": {"interval": str(interval)},
        "lookup_key": plan.lookup_key(interval),
        "transfer_lookup_key": True,
    }
    if not price.tiers:
        return {**params, "unit_amount": price.unit_amount}
    tiers = [
        {"up_to": "inf" if tier.up_to is None else tier.up_to, "unit_amount": tier.unit_amount}
        for tier in price.tiers
    ]
    return {**params, "billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers}


def _same_price(price: PushPrice, former: Json) -> bool:
    if former["currency"] != price.currency:
        return False
    if not price.tiers:
        return former["unit_amount"] == price.unit_amount
    tiers = [(tier["up_to"], tier["unit_amount"]) for tier in former.get("tiers") or []]
    return tiers == [(tier.up_to, tier.unit_amount) for tier in price.tiers]


def connect_webhooks(url: str, *, rotate: bool = False) -> Json:
    """The endpoint for `url`, made or brought up to date; carries `secret` only when it was made now."""
    former = [endpoint for endpoint in stripe_api.webhook_endpoints.list_all() if endpoint["url"] == url]
    if former and not rotate:
        return stripe_api.webhook_endpoints.update(former[0]["id"], HANDLED_EVENTS)
    made = stripe_api.webhook_endpoints.create(url, HANDLED_EVENTS)
    for endpoint in former:
        stripe_api.webhook_endpoints.delete(endpoint["id"])
    return made


def configure_portal() -> Json:
    """Our Portal configuration (policy P3: customers do not edit the quantity)."""
    former = our_configuration()
    return stripe_api.portal.save_configuration(_portal_params(), former["id"] if former else None)


def _portal_params() -> Json:
    """https://docs.stripe.com/api/customer_portal/configurations/create"""
    return {
        "metadata": CONFIGURATION_MARK,
        "features": {
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "customer_update": {"enabled": True, "allowed_updates": ["address", "phone", "tax_id"]},
            "subscription_cancel": {
                "enabled": True,
                "mode": "at_period_end",
                "cancellation_reason": {
                    "enabled": True,
                    "options": ["too_expensive", "missing_features", "switched_service", "unused", "other"],
                },
            },
            "subscription_update": {
                "enabled": True,
                "default_allowed_updates": ["price"],
                "proration_behavior": "create_prorations",
                "products": _switchable_products(),
            },
        },
    }


def _switchable_products() -> list[Json]:
    """Only plans billed by quantity: the Portal keeps the quantity, and five times a flat price is wrong."""
    plans = [plan for plan in ACTIVE_PRODUCTS if plan.is_sold and plan.quantity == "holder"]
    keys = [plan.lookup_key(interval) for plan in plans for interval in ACTIVE_PLAN_INTERVALS]
    found: dict[str, list[str]] = {}
    for price in stripe_api.prices.list_all(active=True):
        if price["lookup_key"] in keys:
            found.setdefault(price["product"], []).append(price["id"])
    return [{"product": product, "prices": prices} for product, prices in found.items()]
