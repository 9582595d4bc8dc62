"""Payment methods: cards, from a number or one of Stripe's test tokens."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.payments.payment_methods import (
    attach,
    check_expiry,
    detach,
    from_data,
    from_reference,
    merged_billing,
)
from stripe_sandbox.errors import InvalidRequest, missing_parameter, wrong_state


@route("POST /v1/payment_methods")
def create(call: Call) -> dict[str, Any]:
    if call.get("payment_method"):
        raise InvalidRequest("Cards are not shared between accounts here.", param="payment_method")
    if not call.get("type"):
        raise missing_parameter("type")
    if call.params["type"] != "card":
        raise InvalidRequest("The sandbox knows payment methods of the type card only.", param="type")
    if not call.get("card"):
        raise missing_parameter("card")
    method = from_data(call.world, call.params)
    method["billing_details"] = merged_billing(method["billing_details"], call.get("billing_details") or {})
    assign(method, call.params, "allow_redisplay")
    set_metadata(method, call.get("metadata"))
    return method


@route("GET /v1/payment_methods/{payment_method}")
def retrieve(call: Call, payment_method: str) -> dict[str, Any]:
    return call.world.find("payment_method", payment_method)


@route("POST /v1/payment_methods/{payment_method}")
def update(call: Call, payment_method: str) -> dict[str, Any]:
    """Only a card that a customer keeps can be changed, and of the card itself only its expiry."""
    method = call.world.find("payment_method", payment_method)
    if not method["customer"]:
        raise wrong_state("The payment method is attached to no customer, so it cannot be updated.")
    with call.world.changing(method, "payment_method.updated"):
        assign(method, call.params, "allow_redisplay")
        change_card(call, method["card"])
        method["billing_details"] = merged_billing(
            method["billing_details"], call.get("billing_details") or {}
        )
        set_metadata(method, call.get("metadata"))
    return method


def change_card(call: Call, card: dict[str, Any]) -> None:
    given = call.get("card") or {}
    month, year = given.get("exp_month", card["exp_month"]), given.get("exp_year", card["exp_year"])
    if "exp_month" in given or "exp_year" in given:
        card |= {"exp_month": month, "exp_year": check_expiry(call.world, month, year)}
    if "preferred" in (given.get("networks") or {}):
        card["networks"]["preferred"] = given["networks"]["preferred"] or None


@route("GET /v1/payment_methods")
def list_methods(call: Call) -> dict[str, Any]:
    """Those that customers keep; a card that belongs to nobody is in no list."""
    if "customer" in call.params:
        call.world.find("customer", call.params["customer"], "customer")
    found = call.asked_for("payment_method", "customer", "type", "allow_redisplay")
    return call.page([method for method in found if method["customer"]])


def chosen(call: Call, found: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    wanted = {name: call.params[name] for name in names if name in call.params}
    return [obj for obj in found if all(obj.get(name) == value for name, value in wanted.items())]


@route("POST /v1/payment_methods/{payment_method}/attach")
def attach_method(call: Call, payment_method: str) -> dict[str, Any]:
    if not call.get("customer"):
        raise missing_parameter("customer")
    method = from_reference(call.world, payment_method)
    return attach(call.world, method, call.world.find("customer", call.params["customer"], "customer"))


@route("POST /v1/payment_methods/{payment_method}/detach")
def detach_method(call: Call, payment_method: str) -> dict[str, Any]:
    return detach(call.world, call.world.find("payment_method", payment_method))
