"""Products and prices as they are made: flat, per unit, packages, tiers; lookup keys that can be moved."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import assign, set_metadata
from stripe_sandbox.billing.money import text
from stripe_sandbox.errors import InvalidRequest, missing_parameter, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World

PRODUCT_FIELDS = (
    "active",
    "default_price",
    "description",
    "images",
    "marketing_features",
    "name",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)


def new_product(world: World, params: dict[str, Any]) -> dict[str, Any]:
    now = world.now()
    product: dict[str, Any] = {
        "id": params.get("id") or world.new_id("product"),
        "object": "product",
        "active": True,
        "created": now,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": "",
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "updated": now,
        "url": None,
    }
    assign(product, params, *PRODUCT_FIELDS)
    set_metadata(product, params.get("metadata"))
    world.add(product)
    world.emit("product.created", product)
    return product


def new_price(world: World, params: dict[str, Any]) -> dict[str, Any]:
    currency = known_currency(params["currency"])
    product = product_of(world, params)
    tiered = params.get("billing_scheme") == "tiered"
    price: dict[str, Any] = {
        "id": world.new_id("price"),
        "object": "price",
        "active": params.get("active", True),
        "billing_scheme": "tiered" if tiered else "per_unit",
        "created": world.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": params.get("nickname"),
        "product": product["id"],
        "recurring": recurring(params.get("recurring")),
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": params.get("tiers_mode"),
        "transform_quantity": params.get("transform_quantity"),
        "type": "recurring" if params.get("recurring") else "one_time",
        **(tiers(params) if tiered else unit_amount(params)),
    }
    set_metadata(price, params.get("metadata"))
    price["currency_options"] = currency_options(price, params.get("currency_options") or {})
    take_lookup_key(world, price, params)
    world.add(price)
    world.emit("price.created", price)
    return price


def known_currency(word: str) -> str:
    if len(word) != 3 or not word.isalpha():
        raise InvalidRequest(f"Invalid currency: {word}.", param="currency")
    return word.lower()


def product_of(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if "product_data" in params:
        return new_product(world, params["product_data"])
    if not params.get("product"):
        raise missing_parameter("product")
    return world.find("product", params["product"], "product")


def recurring(given: dict[str, Any] | None) -> dict[str, Any] | None:
    if not given:
        return None
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "meter": given.get("meter"),
        "usage_type": given.get("usage_type", "licensed"),
    }


def unit_amount(params: dict[str, Any]) -> dict[str, Any]:
    if "tiers" in params or "tiers_mode" in params:
        raise InvalidRequest("`tiers` need `billing_scheme=tiered`.", param="tiers")
    if params.get("unit_amount") is None and params.get("unit_amount_decimal") is None:
        if params.get("custom_unit_amount"):
            return {"unit_amount": None, "unit_amount_decimal": None}
        raise missing_parameter("unit_amount")
    return amounts(params, "unit_amount")


def amounts(params: dict[str, Any], name: str) -> dict[str, Any]:
    """An amount and its decimal text; the integer is null when the decimal has a fraction."""
    given = params.get(f"{name}_decimal", params.get(name))
    if given is None:
        return {name: None, f"{name}_decimal": None}
    try:
        value = Decimal(str(given))
    except InvalidOperation:
        raise InvalidRequest(f"Invalid decimal: {given}", param=f"{name}_decimal") from None
    if value < 0:
        raise InvalidRequest(
            f"This value must be 0 or more: {name}", code="parameter_invalid_integer", param=name
        )
    return {name: int(value) if value == int(value) else None, f"{name}_decimal": text(value)}


def tiers(params: dict[str, Any]) -> dict[str, Any]:
    for name in ("tiers", "tiers_mode"):
        if name not in params:
            raise missing_parameter(name)
    if "unit_amount" in params or "unit_amount_decimal" in params:
        raise InvalidRequest(
            "`unit_amount` cannot be used with `billing_scheme=tiered`.", param="unit_amount"
        )
    found = [tier(given) for given in params["tiers"]]
    if found[-1]["up_to"] is not None:
        raise InvalidRequest("The last tier must have `up_to=inf`.", param="tiers")
    return {"tiers": found, "unit_amount": None, "unit_amount_decimal": None}


def tier(given: dict[str, Any]) -> dict[str, Any]:
    up_to = None if given["up_to"] == "inf" else given["up_to"]
    return {"up_to": up_to, **amounts(given, "flat_amount"), **amounts(given, "unit_amount")}


def currency_options(price: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    own = {name: price[name] for name in ("tax_behavior", "unit_amount", "unit_amount_decimal")}
    options = {price["currency"]: {"custom_unit_amount": None, **own}}
    for currency, option in given.items():
        options[known_currency(currency)] = {
            "custom_unit_amount": None,
            "tax_behavior": option.get("tax_behavior", "unspecified"),
            **({"tiers": [tier(t) for t in option["tiers"]]} if "tiers" in option else {}),
            **amounts(option, "unit_amount"),
        }
    return options


def take_lookup_key(world: World, price: dict[str, Any], params: dict[str, Any]) -> None:
    """A key names one active price; `transfer_lookup_key` takes it from the one that has it."""
    if "lookup_key" not in params:
        return
    key = params["lookup_key"] or None
    holders = (
        [p for p in world.where("price", lookup_key=key) if p["active"] and p["id"] != price["id"]]
        if key
        else []
    )
    for holder in holders:
        if not params.get("transfer_lookup_key"):
            message = f"A price (`{holder['id']}`) already uses that lookup key."
            raise wrong_state(message, "resource_already_exists", "lookup_key")
        with world.changing(holder, "price.updated"):
            holder["lookup_key"] = None
    price["lookup_key"] = key
