"""The Customer Portal's configuration, by code: https://docs.stripe.com/api/customer_portal/configurations"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.subscriptions import stripe_api
from apps.subscriptions.catalogue import prices_for_sale
from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import ACTIVE_PLAN_INTERVALS, ACTIVE_PRODUCTS
from apps.subscriptions.services.portal import CONFIGURATION_MARK, our_configuration

MOST_PRODUCTS = 10
"""As many as Stripe lets a Portal offer."""


def configure_portal() -> Json:
    """Make our Portal configuration, or bring it up to date where it is."""
    former = our_configuration()
    return stripe_api.portal.save_configuration(portal_params(), former["id"] if former else None)


def portal_params() -> Json:
    """What the configuration has to be: its plans are those of the pricing page, as the mirror has them."""
    return {
        "metadata": CONFIGURATION_MARK,
        "business_profile": {"headline": settings.PROJECT_NAME},
        "default_return_url": absolute_url(reverse("web:landing")),
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
            "subscription_update": _switching(_switchable_products()),
        },
    }


def _switching(products: list[Json]) -> Json:
    """As in the app: a larger plan at once and paid at once, a smaller one or a shorter interval at renewal.

    Prices only: the quantity is the number of members, and nobody edits it (policy P3).
    """
    if not products:
        return {"enabled": False}
    return {
        "enabled": True,
        "default_allowed_updates": ["price"],
        "proration_behavior": "always_invoice",
        "trial_update_behavior": "continue_trial",
        "schedule_at_period_end": {
            "conditions": [{"type": "decreasing_item_amount"}, {"type": "shortening_interval"}]
        },
        "products": products,
    }


def _switchable_products() -> list[Json]:
    """Only plans billed by quantity: the Portal keeps the quantity, and five times a flat price is wrong."""
    found: dict[str, list[str]] = {}
    by_quantity = {plan.slug for plan in ACTIVE_PRODUCTS if plan.quantity == "holder"}
    for (slug, interval), price in prices_for_sale().items():
        if slug in by_quantity and interval in ACTIVE_PLAN_INTERVALS:
            found.setdefault(price["product"], []).append(price["id"])
    return [{"product": product, "prices": ids} for product, ids in found.items()][:MOST_PRODUCTS]


def differs(wanted: Any, found: Any) -> bool:
    """Whether Stripe's configuration lacks something of what we want; what else it has is no matter."""
    if isinstance(wanted, dict):
        return not isinstance(found, dict) or any(
            differs(value, found.get(key)) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return not isinstance(found, list) or len(wanted) != len(found) or any(map(differs, wanted, found))
    return bool(wanted != found)


def differing_parts(wanted: Json, found: Json) -> dict[str, tuple[Any, Any]]:
    """{part: (as it is, as it should be)}, features one by one."""
    pairs = ((name, _at(found, name), value) for name, value in _flat(wanted))
    return {name: (there, value) for name, there, value in pairs if differs(value, there)}


def _flat(wanted: Json) -> Iterator[tuple[str, Any]]:
    for name, value in wanted.items():
        if name == "features":
            yield from ((f"features.{feature}", inner) for feature, inner in value.items())
        else:
            yield name, value


def _at(found: Json, name: str) -> Any:
    value: Any = found
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
