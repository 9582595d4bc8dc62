"""System checks: settings and plans that contradict each other stop the start, with the cure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from apps.subscriptions.gateway import secret_key
from apps.subscriptions.metadata import ACTIVE_PRODUCTS


@register
def plans_make_sense(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    counts = Counter(plan.slug for plan in ACTIVE_PRODUCTS)
    for slug in (slug for slug, count in counts.items() if count > 1):
        found.append(
            Error(f"Two products in ACTIVE_PRODUCTS have the slug '{slug}'.", id="subscriptions.E001")
        )
    if sum(plan.is_default for plan in ACTIVE_PRODUCTS) != 1:
        found.append(
            Error(
                "Exactly one product in ACTIVE_PRODUCTS has to be the default.",
                hint="Set is_default=True on the plan of holders without a subscription.",
                id="subscriptions.E002",
            )
        )
    return found


@register
def key_fits_the_mode(**kwargs: Any) -> list[CheckMessage]:
    name = "STRIPE_LIVE_SECRET_KEY" if settings.STRIPE_LIVE_MODE else "STRIPE_TEST_SECRET_KEY"
    prefix = "sk_live_" if settings.STRIPE_LIVE_MODE else "sk_test_"
    if secret_key().startswith(prefix):
        return []
    return [
        Error(
            f"{name} does not start with {prefix}.",
            hint="Copy it from Stripe, or from .env.example for the sandbox.",
            id="subscriptions.E003",
        )
    ]
