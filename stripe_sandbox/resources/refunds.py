"""Refunds."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route, set_metadata
from stripe_sandbox.billing.payments.refunds import refund_charge
from stripe_sandbox.errors import InvalidRequest, MissingObject, missing_parameter, wrong_state


@route("POST /v1/refunds")
def create(call: Call) -> dict[str, Any]:
    for name in ("origin", "customer"):
        if call.get(name):
            raise InvalidRequest(f"The sandbox does not know `{name}`: it refunds cards.", param=name)
    return refund(call, charge_named(call))


def refund(call: Call, charge: dict[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    set_metadata(metadata, call.get("metadata") or {})
    amount = amount_left(call, charge)
    return refund_charge(call.world, charge, amount, call.get("reason"), metadata["metadata"])


def charge_named(call: Call) -> dict[str, Any]:
    world, params = call.world, call.params
    if params.get("payment_intent"):
        intent = world.find("payment_intent", params["payment_intent"], "payment_intent")
        charge = world.get(intent["latest_charge"] or "")
        if charge is None or not charge["paid"]:
            message = f"This PaymentIntent ({intent['id']}) has no successful charge to refund."
            raise wrong_state(message, param="payment_intent")
        if params.get("charge", charge["id"]) != charge["id"]:
            raise wrong_state("This charge belongs to another PaymentIntent.", param="charge")
        return charge
    if not params.get("charge"):
        raise missing_parameter("charge")
    return world.find("charge", params["charge"], "charge")


def amount_left(call: Call, charge: dict[str, Any]) -> int:
    """How much goes back; raises when the charge has not got that much left."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount: int = call.get("amount", left)
    if not charge["paid"] or not charge["captured"]:
        raise wrong_state("This charge took no money, so there is nothing to refund.", param="charge")
    if charge["disputed"]:
        raise wrong_state(f"Charge {charge['id']} has been charged back.", "charge_disputed")
    if left <= 0:
        raise wrong_state(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    if amount < 1:
        message = f"Invalid positive integer: {amount}"
        raise InvalidRequest(message, code="parameter_invalid_integer", param="amount")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than what is left of the charge ({left})."
        raise InvalidRequest(message, code="amount_too_large", param="amount")
    return amount


@route("GET /v1/refunds/{refund}")
def retrieve(call: Call, refund: str) -> dict[str, Any]:
    return call.world.find("refund", refund)


@route("POST /v1/refunds/{refund}")
def update(call: Call, refund: str) -> dict[str, Any]:
    found = call.world.find("refund", refund)
    with call.world.changing(found, "refund.updated"):
        set_metadata(found, call.get("metadata"))
    return found


@route("POST /v1/refunds/{refund}/cancel")
def cancel(call: Call, refund: str) -> dict[str, Any]:
    """Only a refund that waits for the customer could be canceled, and a card's never does."""
    found = call.world.find("refund", refund)
    message = f"A refund with the status {found['status']} cannot be canceled, only one that requires action."
    raise wrong_state(message, param="refund")


@route("GET /v1/refunds")
def list_refunds(call: Call) -> dict[str, Any]:
    return call.page(call.asked_for("refund", "charge", "payment_intent"))


@route("POST /v1/charges/{charge}/refunds")
def create_of_charge(call: Call, charge: str) -> dict[str, Any]:
    return refund(call, call.world.find("charge", charge))


@route("GET /v1/charges/{charge}/refunds")
def list_of_charge(call: Call, charge: str) -> dict[str, Any]:
    call.world.find("charge", charge)
    return call.page(call.world.where("refund", charge=charge))


@route("GET /v1/charges/{charge}/refunds/{refund}")
def retrieve_of_charge(call: Call, charge: str, refund: str) -> dict[str, Any]:
    found = call.world.find("refund", refund)
    if found["charge"] != charge:
        raise MissingObject("refund", refund)
    return found


@route("POST /v1/charges/{charge}/refunds/{refund}")
def update_of_charge(call: Call, charge: str, refund: str) -> dict[str, Any]:
    retrieve_of_charge(call, charge, refund)
    return update(call, refund)


@route("POST /v1/charges/{charge}/refund")
def refund_whole(call: Call, charge: str) -> dict[str, Any]:
    """The old call: it answers the charge."""
    found = call.world.find("charge", charge)
    refund(call, found)
    return found
