"""Promotion codes: what customers type to get a coupon."""

from __future__ import annotations

import re
from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.amounts.coupon_state import code_active, coupon_valid, find_coupon
from stripe_sandbox.billing.catalogue.price_rules import known_currency
from stripe_sandbox.errors import InvalidRequest, missing_parameter
from stripe_sandbox.ids import letters
from stripe_sandbox.resources.intent_params import customer_given

WORD = re.compile(r"[A-Za-z0-9-]+")


@route("POST /v1/promotion_codes")
def create(call: Call) -> dict[str, Any]:
    coupon, customer = coupon_given(call), customer_given(call)
    word = word_given(call, customer)
    check_limits(call, coupon)
    code = {
        "id": call.world.new_id("promotion_code"),
        "object": "promotion_code",
        "active": call.get("active", True),
        "code": word,
        "created": call.world.now(),
        "customer": customer,
        "customer_account": None,
        "expires_at": call.get("expires_at"),
        "livemode": False,
        "max_redemptions": call.get("max_redemptions"),
        "metadata": {},
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": restrictions(call.get("restrictions") or {}),
        "times_redeemed": 0,
        "_minimum_options": minimum_options(call),
    }
    set_metadata(code, call.get("metadata"))
    call.world.add(code)
    call.world.emit("promotion_code.created", code)
    return code


def coupon_given(call: Call) -> dict[str, Any]:
    promotion = call.get("promotion") or {}
    if not promotion.get("coupon"):
        raise missing_parameter("promotion[coupon]")
    coupon = find_coupon(call.world, promotion["coupon"], "promotion[coupon]")
    if not coupon_valid(coupon, call.world.now()):
        message = f"The coupon {coupon['id']} cannot be redeemed any more."
        raise InvalidRequest(message, code="coupon_expired", param="promotion[coupon]")
    return coupon


def word_given(call: Call, customer: str | None) -> str:
    word: str = call.get("code") or letters(8).upper()
    if not WORD.fullmatch(word):
        raise InvalidRequest("A code consists of letters, digits and dashes.", param="code")
    check_free(call, word, customer)
    return word


def check_free(call: Call, word: str, customer: str | None) -> None:
    """A word leads each customer to one code at most."""
    for code in call.world.all("promotion_code"):
        same = code["code"].lower() == word.lower() and code_active(call.world, code)
        if same and (not code["customer"] or not customer or code["customer"] == customer):
            message = f"An active promotion code with `code: {word}` already exists."
            raise InvalidRequest(message, code="resource_already_exists", param="code")


def check_limits(call: Call, coupon: dict[str, Any]) -> None:
    most, end = call.get("max_redemptions"), call.get("expires_at")
    if most is not None and not 1 <= most <= (coupon["max_redemptions"] or most):
        message = "`max_redemptions` is at least 1 and at most its coupon's."
        raise InvalidRequest(message, param="max_redemptions")
    if end is not None and not call.world.now() < end <= (coupon["redeem_by"] or end):
        message = "`expires_at` is in the future and not after its coupon's `redeem_by`."
        raise InvalidRequest(message, param="expires_at")


def restrictions(given: dict[str, Any]) -> dict[str, Any]:
    amount, currency = given.get("minimum_amount"), given.get("minimum_amount_currency")
    if (amount is None) != (currency is None):
        missing = "minimum_amount" if amount is None else "minimum_amount_currency"
        raise missing_parameter(f"restrictions[{missing}]")
    if amount is not None and amount < 1:
        name = "restrictions[minimum_amount]"
        raise InvalidRequest("Invalid positive integer", code="parameter_invalid_integer", param=name)
    return {
        "first_time_transaction": given.get("first_time_transaction", False),
        "minimum_amount": amount,
        "minimum_amount_currency": known_currency(currency) if currency else None,
    }


def minimum_options(call: Call) -> dict[str, int]:
    given = (call.get("restrictions") or {}).get("currency_options") or {}
    return {
        known_currency(currency): option["minimum_amount"]
        for currency, option in given.items()
        if "minimum_amount" in option
    }


@route("GET /v1/promotion_codes/{promotion_code}")
def retrieve(call: Call, promotion_code: str) -> dict[str, Any]:
    return call.world.find("promotion_code", promotion_code)


@route("POST /v1/promotion_codes/{promotion_code}")
def update(call: Call, promotion_code: str) -> dict[str, Any]:
    """It is switched off and on; a word that another code took meanwhile stays taken."""
    found = call.world.find("promotion_code", promotion_code)
    if call.get("active") and not code_active(call.world, found):
        coupon = find_coupon(call.world, found["promotion"]["coupon"], "active")
        if not coupon_valid(coupon, call.world.now()):
            raise InvalidRequest("Its coupon cannot be redeemed any more.", param="active")
        if not code_active(call.world, {**found, "active": True}):
            raise InvalidRequest("It is spent or has expired.", param="active")
        check_free(call, found["code"], found["customer"])
    with call.world.changing(found, "promotion_code.updated"):
        assign(found, call.params, "active")
        found["_minimum_options"] = {**found.get("_minimum_options", {}), **minimum_options(call)}
        set_metadata(found, call.get("metadata"))
    return found


@route("GET /v1/promotion_codes")
def list_codes(call: Call) -> dict[str, Any]:
    found = call.world.all("promotion_code")
    if "active" in call.params:
        found = [code for code in found if code_active(call.world, code) == call.params["active"]]
    if "code" in call.params:
        found = [code for code in found if code["code"].lower() == call.params["code"].lower()]
    if "customer" in call.params:
        found = [code for code in found if code["customer"] == call.params["customer"]]
    if "coupon" in call.params:
        found = [code for code in found if code["promotion"]["coupon"] == call.params["coupon"]]
    return call.page(found)
