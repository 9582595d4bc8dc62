"""Coupons and promotion codes."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.errors import InvalidRequest, missing_parameter
from stripe_sandbox.ids import letters


@route("POST /v1/coupons")
def create_coupon(call: Call) -> dict[str, Any]:
    params = call.params
    if ("percent_off" in params) == ("amount_off" in params):
        raise InvalidRequest("One of `percent_off` and `amount_off` is needed.", param="percent_off")
    if "amount_off" in params and "currency" not in params:
        raise missing_parameter("currency")
    if params.get("id") and call.world.get(params["id"]):
        raise InvalidRequest("Coupon already exists.", code="resource_already_exists", param="id")
    coupon = {
        "id": params.get("id") or call.world.new_id("coupon"),
        "object": "coupon",
        "amount_off": params.get("amount_off"),
        "created": call.world.now(),
        "currency": params.get("currency"),
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
    call.world.add(coupon)
    call.world.emit("coupon.created", coupon)
    return coupon


@route("GET /v1/coupons/{coupon}")
def retrieve_coupon(call: Call, coupon: str) -> dict[str, Any]:
    return call.world.find("coupon", coupon)


@route("POST /v1/coupons/{coupon}")
def update_coupon(call: Call, coupon: str) -> dict[str, Any]:
    found = call.world.find("coupon", coupon)
    with call.world.changing(found, "coupon.updated"):
        assign(found, call.params, "name")
        set_metadata(found, call.get("metadata"))
    return found


@route("DELETE /v1/coupons/{coupon}")
def delete_coupon(call: Call, coupon: str) -> dict[str, Any]:
    found = call.world.find("coupon", coupon)
    call.world.emit("coupon.deleted", found)
    call.world.remove(found)
    return {"id": coupon, "object": "coupon", "_deleted": True}


@route("GET /v1/coupons")
def list_coupons(call: Call) -> dict[str, Any]:
    return call.page(call.world.all("coupon"))


@route("POST /v1/promotion_codes")
def create_code(call: Call) -> dict[str, Any]:
    promotion = call.get("promotion") or {}
    if not promotion.get("coupon"):
        raise missing_parameter("promotion[coupon]")
    coupon = call.world.find("coupon", promotion["coupon"], "promotion[coupon]")
    word = call.get("code") or letters(8).upper()
    if any(
        code["active"] and code["code"].lower() == word.lower() for code in call.world.all("promotion_code")
    ):
        raise InvalidRequest(f"An active promotion code with `code: {word}` already exists.", param="code")
    code = {
        "id": call.world.new_id("promotion_code"),
        "object": "promotion_code",
        "active": call.get("active", True),
        "code": word,
        "created": call.world.now(),
        "customer": call.get("customer"),
        "customer_account": None,
        "expires_at": call.get("expires_at"),
        "livemode": False,
        "max_redemptions": call.get("max_redemptions"),
        "metadata": {},
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": {
            "first_time_transaction": False,
            "minimum_amount": None,
            "minimum_amount_currency": None,
            **(call.get("restrictions") or {}),
        },
        "times_redeemed": 0,
    }
    set_metadata(code, call.get("metadata"))
    call.world.add(code)
    call.world.emit("promotion_code.created", code)
    return code


@route("GET /v1/promotion_codes/{promotion_code}")
def retrieve_code(call: Call, promotion_code: str) -> dict[str, Any]:
    return call.world.find("promotion_code", promotion_code)


@route("POST /v1/promotion_codes/{promotion_code}")
def update_code(call: Call, promotion_code: str) -> dict[str, Any]:
    found = call.world.find("promotion_code", promotion_code)
    with call.world.changing(found, "promotion_code.updated"):
        assign(found, call.params, "active")
        set_metadata(found, call.get("metadata"))
    return found


@route("GET /v1/promotion_codes")
def list_codes(call: Call) -> dict[str, Any]:
    found = call.world.all("promotion_code")
    for name in ("active", "code", "customer"):
        if name in call.params:
            found = [code for code in found if code[name] == call.params[name]]
    return call.page(found)
