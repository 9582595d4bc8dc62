"""What the stories sell. Their lookup keys stand apart, so that they disturb no catalogue that is there."""

from __future__ import annotations

from typing import Any

PREFIX = "scenario-"
PRODUCTS = {"starter": ("Scenario Starter", None), "pro": ("Scenario Pro", "seat")}
FLAT = ("starter",)


def _flat(amount: int, interval: str, currency: str = "usd") -> dict[str, Any]:
    return {"unit_amount": amount, "currency": currency, "recurring": {"interval": interval}}


def _per_seat(first_ten: int, others: int, interval: str) -> dict[str, Any]:
    return {
        "billing_scheme": "tiered",
        "tiers_mode": "graduated",
        "tiers": [{"up_to": 10, "unit_amount": first_ten}, {"up_to": "inf", "unit_amount": others}],
        "currency": "usd",
        "recurring": {"interval": interval},
    }


PRICES = {
    "starter-month": _flat(29_00, "month"),
    "starter-year": _flat(290_00, "year"),
    "starter-yen": _flat(4350, "month", "jpy"),
    "pro-month": _per_seat(20_00, 16_00, "month"),
    "pro-year": _per_seat(200_00, 160_00, "year"),
}


def prepare(api: Any, prefix: str = PREFIX) -> None:
    """Make the products and prices that are missing."""
    found = api.prices.list({"lookup_keys": [prefix + key for key in PRICES], "limit": 100})
    known = {price.lookup_key: price.product for price in found.data}
    for key, price in PRICES.items():
        if prefix + key in known:
            continue
        slug = key.partition("-")[0]
        product = _product_of(known, prefix + slug) or _make_product(api, slug)
        known[prefix + key] = product
        api.prices.create({"product": product, "lookup_key": prefix + key, **price})


def _product_of(known: dict[str, str], prefix: str) -> str | None:
    return next((product for key, product in known.items() if key.startswith(f"{prefix}-")), None)


def _make_product(api: Any, slug: str) -> str:
    name, unit = PRODUCTS[slug]
    made = api.products.create({"name": name, **({"unit_label": unit} if unit else {})})
    return str(made.id)
