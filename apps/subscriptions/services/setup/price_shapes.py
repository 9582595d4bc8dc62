"""A price of metadata.py as Stripe's parameters, and whether a price at Stripe is the same one already."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.subscriptions.gateway import Json
from apps.subscriptions.metadata import Amount, PlanInterval, PushPrice, Tier


def price_params(price: PushPrice, interval: PlanInterval) -> Json:
    """https://docs.stripe.com/api/prices/create, but for product and lookup key."""
    params: Json = {
        "currency": price.currency,
        "recurring": {"interval": str(interval)},
        **_amounts(price),
    }
    if price.tiers:
        params |= {"billing_scheme": "tiered", "tiers_mode": price.tiers_mode}
    if price.package_of > 1:
        params["transform_quantity"] = {"divide_by": price.package_of, "round": "up"}
    options = {currency: _amounts(option) for currency, option in price.currency_options.items()}
    return {**params, "currency_options": options} if options else params


def _amounts(price: PushPrice) -> Json:
    """Without a word on tax the account's own setting applies."""
    tax = {} if price.tax_behavior == "unspecified" else {"tax_behavior": price.tax_behavior}
    if price.tiers:
        return {**tax, "tiers": [_tier_params(tier) for tier in price.tiers]}
    return {**tax, **_amount("unit_amount", price.unit_amount)}


def _tier_params(tier: Tier) -> Json:
    return {
        "up_to": "inf" if tier.up_to is None else tier.up_to,
        **_amount("unit_amount", tier.unit_amount),
        **_amount("flat_amount", tier.flat_amount),
    }


def _amount(name: str, amount: Amount | None) -> Json:
    """Stripe takes whole minor units as a number, fractions as a text."""
    if amount is None:
        return {}
    whole = amount == int(amount)
    return {name: int(amount)} if whole else {f"{name}_decimal": f"{Decimal(amount):f}"}


def same_price(price: PushPrice, interval: PlanInterval, there: Json) -> bool:
    """Whether Stripe's price bills exactly what `price` says; `there` with tiers and currency options."""
    rhythm, package = there.get("recurring") or {}, there.get("transform_quantity") or {}
    options = {**(there.get("currency_options") or {}), there["currency"]: there}
    wanted = {**price.currency_options, price.currency: price}
    return (
        there["currency"] == price.currency.lower()
        and _rhythm(rhythm) == (str(interval), 1, "licensed")
        and (there.get("tiers_mode") or "graduated") == price.tiers_mode
        and (package.get("divide_by", 1), package.get("round", "up")) == (price.package_of, "up")
        and options.keys() == {currency.lower() for currency in wanted}
        and all(_same_amounts(option, options[currency.lower()]) for currency, option in wanted.items())
    )


def _rhythm(recurring: Json) -> tuple[Any, ...]:
    return tuple(recurring.get(name) for name in ("interval", "interval_count", "usage_type"))


def _same_amounts(price: PushPrice, there: Json) -> bool:
    if price.tax_behavior not in ("unspecified", there.get("tax_behavior")):
        return False
    found = [
        (tier["up_to"], _there(tier, "unit_amount") or 0, _there(tier, "flat_amount") or 0)
        for tier in there.get("tiers") or []
    ]
    wanted = [(tier.up_to, tier.unit_amount or 0, tier.flat_amount or 0) for tier in price.tiers]
    return found == wanted and (bool(wanted) or _there(there, "unit_amount") == price.unit_amount)


def _there(shape: Json, name: str) -> Decimal | None:
    exact = shape.get(f"{name}_decimal")
    value = shape.get(name) if exact is None else exact
    return None if value is None else Decimal(str(value))
