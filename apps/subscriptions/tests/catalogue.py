"""What a seller does in Stripe's dashboard: makes prices of every shape, and our mirror hears of it."""

from __future__ import annotations

from typing import Any

from apps.subscriptions import mirror, stripe_api
from apps.subscriptions.gateway import Json
from stripe_sandbox.world import World


def product_of(world: World, slug: str) -> str:
    return next(p["id"] for p in world.all("product") if p["metadata"].get("plan") == slug)


def make_price(product: str, interval: str = "month", **params: Any) -> Json:
    """An active price, mirrored. `recurring` adds to the interval."""
    recurring = {"interval": interval, **params.pop("recurring", {})}
    made = stripe_api.prices.create(
        {"product": product, "currency": "usd", "recurring": recurring, "transfer_lookup_key": True, **params}
    )
    price = stripe_api.prices.retrieve(made["id"])
    mirror.mirror_price(price)
    return price


def sell(world: World, slug: str, interval: str = "month", **params: Any) -> Json:
    """The plan's price from now on: the lookup key moves to it."""
    return make_price(product_of(world, slug), interval, lookup_key=f"{slug}-{interval}", **params)


def tiers(*rows: tuple[int | str, dict[str, Any]], mode: str = "graduated") -> dict[str, Any]:
    """`tiers((5, {"unit_amount": 0}), ("inf", {"unit_amount": 900}))`"""
    return {
        "billing_scheme": "tiered",
        "tiers_mode": mode,
        "tiers": [{"up_to": end, **amounts} for end, amounts in rows],
    }
