"""Products and prices as they are made: flat, per unit, packages, tiers; lookup keys that can be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import assign, set_metadata
from stripe_sandbox.billing.catalogue import price_rules
from stripe_sandbox.errors import InvalidRequest, missing_parameter, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World

LONGEST_DESCRIPTOR, LONGEST_FEATURE, LONGEST_KEY = 22, 80, 200
UNIT = ("unit_amount", "unit_amount_decimal")
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
    check_product(params)
    if params.get("id") and world.get(params["id"]):
        raise InvalidRequest("Product already exists.", code="resource_already_exists", param="id")
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
    fill_product(product, params)
    world.add(product)
    world.emit("product.created", product)
    return product


def fill_product(product: dict[str, Any], params: dict[str, Any]) -> None:
    assign(product, params, *PRODUCT_FIELDS)
    for name in ("images", "marketing_features"):
        product[name] = product[name] or []
    set_metadata(product, params.get("metadata"))


def check_product(params: dict[str, Any]) -> None:
    for name, most in (("images", 8), ("marketing_features", 15)):
        if len(params.get(name) or []) > most:
            raise InvalidRequest(f"A product has at most {most} {name}.", param=name)
    for place, feature in enumerate(params.get("marketing_features") or []):
        if len(feature["name"]) > LONGEST_FEATURE:
            name = f"marketing_features[{place}][name]"
            message = f"Invalid string: {name} is too long"
            raise InvalidRequest(message, code="parameter_invalid_string_too_long", param=name)
    descriptor = params.get("statement_descriptor") or ""
    if len(descriptor) > LONGEST_DESCRIPTOR or set(descriptor) & set("<>\"'"):
        message = f"A statement descriptor has up to {LONGEST_DESCRIPTOR} characters, none of <>\"'."
        raise InvalidRequest(message, param="statement_descriptor")


def new_price(world: World, params: dict[str, Any]) -> dict[str, Any]:
    currency = price_rules.known_currency(params["currency"])
    tiered = params.get("billing_scheme") == "tiered"
    rhythm = price_rules.recurring(params.get("recurring"))
    custom = price_rules.custom_amount(params.get("custom_unit_amount"), rhythm is not None)
    price: dict[str, Any] = {
        "id": world.new_id("price"),
        "object": "price",
        "active": params.get("active", True),
        "billing_scheme": "tiered" if tiered else "per_unit",
        "created": world.now(),
        "currency": currency,
        "custom_unit_amount": custom,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": params.get("nickname"),
        "recurring": rhythm,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "tiers_mode": params.get("tiers_mode"),
        "transform_quantity": price_rules.package(params.get("transform_quantity"), tiered),
        "type": "recurring" if rhythm else "one_time",
        **amounts_of(params, currency, tiered, custom),
    }
    set_metadata(price, params.get("metadata"))
    price["currency_options"] = currency_options(price, params.get("currency_options") or {})
    price["product"] = product_of(world, params)["id"]
    take_lookup_key(world, price, params)
    world.add(price)
    world.emit("price.created", price)
    return price


def amounts_of(
    params: dict[str, Any], currency: str, tiered: bool, custom: dict[str, Any] | None
) -> dict[str, Any]:
    if tiered:
        return price_rules.tiers(params, currency)
    if not custom:
        return price_rules.unit_amount(params, currency)
    if "unit_amount" in params or "unit_amount_decimal" in params:
        message = "Give one of `unit_amount` and `custom_unit_amount`."
        raise InvalidRequest(message, param="custom_unit_amount")
    return {"unit_amount": None, "unit_amount_decimal": None}


def product_of(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if params.get("product") and "product_data" in params:
        raise InvalidRequest("Give one of `product` and `product_data`.", param="product_data")
    if "product_data" in params:
        return new_product(world, params["product_data"])
    if not params.get("product"):
        raise missing_parameter("product")
    return world.find("product", params["product"], "product")


def currency_options(price: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The price's own currency stands among them; it is set by the price itself."""
    own = {name: price[name] for name in ("custom_unit_amount", "tax_behavior", *UNIT)}
    own |= {"tiers": price["tiers"]} if price["billing_scheme"] == "tiered" else {}
    options = {price["currency"]: own}
    for word, option in given.items():
        currency = price_rules.known_currency(word)
        if currency == price["currency"]:
            message = f"{currency} is the price's own currency: its amount stands in the price."
            raise InvalidRequest(message, param=f"currency_options[{word}]")
        options[currency] = currency_option(price, option, currency)
    return options


def currency_option(price: dict[str, Any], option: dict[str, Any], currency: str) -> dict[str, Any]:
    tiered = price["billing_scheme"] == "tiered"
    if tiered != ("tiers" in option):
        message = "Currencies of a price are priced like the price itself, by tiers or by unit."
        raise InvalidRequest(message, param=f"currency_options[{currency}][tiers]")
    found = {
        "custom_unit_amount": price_rules.custom_amount(option.get("custom_unit_amount"), False),
        "tax_behavior": option.get("tax_behavior", "unspecified"),
    }
    if tiered:
        tiers = price_rules.tier_list(option["tiers"], currency)
        return found | {"tiers": tiers, **dict.fromkeys(UNIT)}
    return found | price_rules.amounts(option, "unit_amount", currency)


def take_lookup_key(world: World, price: dict[str, Any], params: dict[str, Any]) -> None:
    """A key names one active price; `transfer_lookup_key` takes it from the one that has it."""
    if "lookup_key" not in params:
        return
    key = params["lookup_key"] or None
    if len(key or "") > LONGEST_KEY:
        message = f"Invalid string: lookup_key is longer than {LONGEST_KEY} characters."
        raise InvalidRequest(message, code="parameter_invalid_string_too_long", param="lookup_key")
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
