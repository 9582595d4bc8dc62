"""Prices."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.catalogue.products_and_prices import currency_options, new_price, take_lookup_key
from stripe_sandbox.errors import InvalidRequest, wrong_state

MOST_KEYS = 10


@route("POST /v1/prices")
def create(call: Call) -> dict[str, Any]:
    return new_price(call.world, call.params)


@route("GET /v1/prices/{price}")
def retrieve(call: Call, price: str) -> dict[str, Any]:
    return call.world.find("price", price)


@route("POST /v1/prices/{price}")
def update(call: Call, price: str) -> dict[str, Any]:
    """A price keeps its amount for ever; another amount is another price."""
    found = call.world.find("price", price)
    if call.get("active") is False and call.world.where("product", default_price=price):
        message = "This price is its product's default, so it cannot be archived."
        raise wrong_state(message, param="active")
    with call.world.changing(found, "price.updated"):
        change_tax_behavior(call, found)
        assign(found, call.params, "active", "nickname")
        set_metadata(found, call.get("metadata"))
        take_lookup_key(call.world, found, call.params)
        if "currency_options" in call.params:
            change_currencies(found, call.params["currency_options"])
    return found


def change_tax_behavior(call: Call, price: dict[str, Any]) -> None:
    """Once said, it stays."""
    given = call.get("tax_behavior", price["tax_behavior"])
    if price["tax_behavior"] not in ("unspecified", given):
        message = f"This price is {price['tax_behavior']} of tax, which cannot change."
        raise wrong_state(message, param="tax_behavior")
    price["tax_behavior"] = given
    price["currency_options"][price["currency"]]["tax_behavior"] = given


def change_currencies(price: dict[str, Any], given: dict[str, Any] | str) -> None:
    """An empty text takes all but the price's own away."""
    kept = {} if given == "" else price["currency_options"]
    price["currency_options"] = kept | currency_options(price, given if isinstance(given, dict) else {})


@route("GET /v1/prices")
def list_prices(call: Call) -> dict[str, Any]:
    found = call.asked_for("price", "active", "currency", "product", "type")
    if len(call.get("lookup_keys") or []) > MOST_KEYS:
        raise InvalidRequest(f"At most {MOST_KEYS} lookup keys are listed at once.", param="lookup_keys")
    if "lookup_keys" in call.params:
        found = [price for price in found if price["lookup_key"] in call.params["lookup_keys"]]
    for name, value in (call.get("recurring") or {}).items():
        found = [price for price in found if price["recurring"] and price["recurring"].get(name) == value]
    return call.page(found)
