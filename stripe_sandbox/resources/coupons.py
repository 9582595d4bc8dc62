"""Coupons."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.billing.amounts.coupon_state import find_coupon
from stripe_sandbox.billing.catalogue.price_rules import known_currency
from stripe_sandbox.errors import InvalidRequest, missing_parameter

FAR = 5 * 366 * DAY
LONGEST_NAME = 40


@route("POST /v1/coupons")
def create(call: Call) -> dict[str, Any]:
    params, world = call.params, call.world
    check_terms(call)
    known = world.get(params.get("id") or "")
    if known and not known.get("_gone"):
        raise InvalidRequest("Coupon already exists.", code="resource_already_exists", param="id")
    coupon = {
        "id": params.get("id") or world.new_id("coupon"),
        "object": "coupon",
        "amount_off": params.get("amount_off"),
        "created": world.now(),
        "currency": known_currency(params["currency"]) if "amount_off" in params else None,
        "duration": params.get("duration", "once"),
        "duration_in_months": params.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": {},
        "name": params.get("name"),
        "percent_off": params.get("percent_off"),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    set_metadata(coupon, params.get("metadata"))
    set_reach(call, coupon)
    if known:
        world.remove(known)
    world.add(coupon)
    world.emit("coupon.created", coupon)
    return coupon


def check_terms(call: Call) -> None:
    params = call.params
    if ("percent_off" in params) == ("amount_off" in params):
        raise InvalidRequest("One of `percent_off` and `amount_off` is needed.", param="percent_off")
    if not 0 < params.get("percent_off", 1) <= 100:
        raise InvalidRequest("`percent_off` is above 0 and at most 100.", param="percent_off")
    if "amount_off" in params and "currency" not in params:
        raise missing_parameter("currency")
    for name in ("amount_off", "max_redemptions", "duration_in_months"):
        if params.get(name, 1) < 1:
            message = f"Invalid positive integer: {name}"
            raise InvalidRequest(message, code="parameter_invalid_integer", param=name)
    check_name(params)
    check_duration(params)
    check_redeem_by(call)


def check_name(params: dict[str, Any]) -> None:
    if len(params.get("name") or "") > LONGEST_NAME:
        message = f"Invalid string: name is longer than {LONGEST_NAME} characters."
        raise InvalidRequest(message, code="parameter_invalid_string_too_long", param="name")


def check_duration(params: dict[str, Any]) -> None:
    repeats = params.get("duration") == "repeating"
    if repeats and "duration_in_months" not in params:
        raise missing_parameter("duration_in_months")
    if not repeats and "duration_in_months" in params:
        message = "`duration_in_months` needs `duration=repeating`."
        raise InvalidRequest(message, param="duration_in_months")


def check_redeem_by(call: Call) -> None:
    given, now = call.get("redeem_by"), call.world.now()
    if given is not None and not now < given <= now + FAR:
        raise InvalidRequest("`redeem_by` is in the future, at most 5 years from now.", param="redeem_by")


def set_reach(call: Call, coupon: dict[str, Any]) -> None:
    """The products it applies to and its amounts in other currencies, shown when expanded."""
    products = (call.get("applies_to") or {}).get("products")
    if products:
        for product in products:
            call.world.find("product", product, "applies_to[products]")
        coupon["applies_to"] = {"products": list(products)}
    set_currencies(call, coupon)


def set_currencies(call: Call, coupon: dict[str, Any]) -> None:
    given = call.get("currency_options") or {}
    if given and coupon["amount_off"] is None:
        raise InvalidRequest("`currency_options` need `amount_off`.", param="currency_options")
    if coupon["amount_off"] is None:
        return
    own = {coupon["currency"]: {"amount_off": coupon["amount_off"]}}
    options = coupon.setdefault("currency_options", own)
    for currency, option in given.items():
        if option["amount_off"] < 1:
            name = f"currency_options[{currency}][amount_off]"
            raise InvalidRequest("Invalid positive integer", code="parameter_invalid_integer", param=name)
        options[known_currency(currency)] = {"amount_off": option["amount_off"]}


@route("GET /v1/coupons/{coupon}")
def retrieve(call: Call, coupon: str) -> dict[str, Any]:
    return find_coupon(call.world, coupon)


@route("POST /v1/coupons/{coupon}")
def update(call: Call, coupon: str) -> dict[str, Any]:
    """Words and further currencies; the terms themselves never change."""
    found = find_coupon(call.world, coupon)
    check_name(call.params)
    with call.world.changing(found, "coupon.updated"):
        assign(found, call.params, "name")
        set_currencies(call, found)
        set_metadata(found, call.get("metadata"))
    return found


@route("DELETE /v1/coupons/{coupon}")
def delete(call: Call, coupon: str) -> dict[str, Any]:
    """Discounts that came of it run on, so it is kept out of sight."""
    found = find_coupon(call.world, coupon)
    call.world.emit("coupon.deleted", found)
    call.world.update(found, _gone=True)
    return {"id": coupon, "object": "coupon", "_deleted": True}


@route("GET /v1/coupons")
def list_coupons(call: Call) -> dict[str, Any]:
    return call.page([coupon for coupon in call.world.all("coupon") if not coupon.get("_gone")])
