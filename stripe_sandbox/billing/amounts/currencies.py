"""Prices that are sold in several currencies: which one is billed, and what a price costs in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def offered(price: dict[str, Any]) -> set[str]:
    """Its own currency and those of its `currency_options`."""
    return {price["currency"], *(price.get("currency_options") or {})}


def in_currency(price: dict[str, Any], currency: str | None) -> dict[str, Any]:
    """The price with the amounts of that currency; as it is when it does not have them."""
    option = (price.get("currency_options") or {}).get(currency)
    if option is None or currency == price["currency"]:
        return price
    return {**price, **option, "currency": currency}


def shown_in(world: World, price: dict[str, Any], currency: str, tiers: bool = False) -> dict[str, Any]:
    """For pages: the price as its buyer sees it, with the amounts of their currency."""
    priced = in_currency(price, currency)
    names = ("currency", "unit_amount", "unit_amount_decimal", *(("tiers",) if tiers else ()))
    return world.render(price) | {name: copy(priced[name]) for name in names if name in priced}


def refuse_currency(price: dict[str, Any], currency: str, param: str) -> None:
    if currency not in offered(price):
        message = f"All prices on a subscription must have the same currency; this one has no {currency}."
        raise InvalidRequest(message, param=param)


def chosen(
    world: World, customer: dict[str, Any] | None, asked: str | None, entries: list[dict[str, Any]]
) -> str:
    """The currency asked for, else the customer's if every price has it, else that of the first price."""
    found = [offer for entry in entries if (offer := offer_of(world, entry))]
    common = set.intersection(*(currencies for _, currencies in found)) if found else set()
    if asked:
        if found and asked.lower() not in common:
            message = f"Not every price has an amount in {asked.lower()}."
            raise InvalidRequest(message, param="currency")
        return asked.lower()
    customers: str | None = customer["currency"] if customer else None
    return customers if customers in common else found[0][0] if found else "usd"


def offer_of(world: World, entry: dict[str, Any]) -> tuple[str, set[str]] | None:
    """An entry's own currency and all it is sold in; None for an entry that will be refused anyway."""
    price = world.get(entry.get("price") or "")
    if price is not None and price["object"] == "price":
        return price["currency"], offered(price)
    own = (entry.get("price_data") or {}).get("currency")
    return (own.lower(), {own.lower()}) if own else None
