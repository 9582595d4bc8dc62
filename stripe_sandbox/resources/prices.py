"""Prices."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.catalogue import currency_options, new_price, take_lookup_key


@route("POST /v1/prices")
def create(call: Call) -> dict[str, Any]:
    return new_price(call.world, call.params)


@route("GET /v1/prices/{price}")
def retrieve(call: Call, price: str) -> dict[str, Any]:
    return call.world.find("price", price)


@route("POST /v1/prices/{price}")
def update(call: Call, price: str) -> dict[str, Any]:
    found = call.world.find("price", price)
    with call.world.changing(found, "price.updated"):
        assign(found, call.params, "active", "nickname", "tax_behavior")
        set_metadata(found, call.get("metadata"))
        take_lookup_key(call.world, found, call.params)
        if call.get("currency_options"):
            found["currency_options"].update(currency_options(found, call.params["currency_options"]))
    return found


@route("GET /v1/prices")
def list_prices(call: Call) -> dict[str, Any]:
    wanted = {
        name: call.params[name] for name in ("active", "currency", "product", "type") if name in call.params
    }
    found = call.world.where("price", **wanted)
    if "lookup_keys" in call.params:
        found = [price for price in found if price["lookup_key"] in call.params["lookup_keys"]]
    for name, value in (call.get("recurring") or {}).items():
        found = [price for price in found if price["recurring"] and price["recurring"].get(name) == value]
    return call.page(found)
