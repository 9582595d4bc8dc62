"""What a world starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.catalogue.products_and_prices import new_price, new_product
from stripe_sandbox.resources.account import new_account
from stripe_sandbox.resources.portal import new_configuration

if TYPE_CHECKING:
    from stripe_sandbox.world import World

SEEDS = ("empty", "demo")


def plant(world: World, name: str) -> None:
    """`empty`: the account and the Portal's default configuration. `demo`: the demo catalogue besides."""

    if name not in SEEDS:
        raise ValueError(f"Unknown seed: {name}. Known: {', '.join(SEEDS)}")
    world.add(new_account(world.now()))
    new_configuration(world, {"features": DEFAULT_PORTAL}, is_default=True)
    if name == "demo":
        plant_catalogue(world)


DEFAULT_PORTAL: dict[str, Any] = {
    "customer_update": {"allowed_updates": ["email", "name", "address"], "enabled": True},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {"enabled": True},
}


def plant_catalogue(world: World) -> None:

    for slug, name, unit_label in (("starter", "Starter", None), ("pro", "Pro", "seat")):
        params: dict[str, Any] = {"name": name, "metadata": {"plan": slug}}
        product = new_product(world, params | ({"unit_label": unit_label} if unit_label else {}))
        for interval in ("month", "year"):
            common = {
                "product": product["id"],
                "currency": "usd",
                "recurring": {"interval": interval},
                "lookup_key": f"{slug}-{interval}",
            }
            new_price(world, common | AMOUNTS[slug, interval])


def per_seat(first: int, then: int) -> dict[str, Any]:
    tiers = [{"up_to": 10, "unit_amount": first}, {"up_to": "inf", "unit_amount": then}]
    return {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers}


AMOUNTS: dict[tuple[str, str], dict[str, Any]] = {
    ("starter", "month"): {"unit_amount": 2900},
    ("starter", "year"): {"unit_amount": 29000},
    ("pro", "month"): per_seat(2000, 1600),
    ("pro", "year"): per_seat(20000, 16000),
}
