"""Payment intents, charges and refunds, as far as invoices make them."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.errors import InvalidRequest, missing_parameter, wrong_state


@route("GET /v1/payment_intents/{intent}")
def retrieve_intent(call: Call, intent: str) -> dict[str, Any]:
    return call.world.find("payment_intent", intent)


@route("GET /v1/payment_intents")
def list_intents(call: Call) -> dict[str, Any]:
    return call.page(of_customer(call, "payment_intent"))


@route("GET /v1/setup_intents/{intent}")
def retrieve_setup(call: Call, intent: str) -> dict[str, Any]:
    return call.world.find("setup_intent", intent)


@route("GET /v1/setup_intents")
def list_setups(call: Call) -> dict[str, Any]:
    return call.page(of_customer(call, "setup_intent"))


@route("GET /v1/charges/{charge}")
def retrieve_charge(call: Call, charge: str) -> dict[str, Any]:
    return call.world.find("charge", charge)


@route("GET /v1/charges")
def list_charges(call: Call) -> dict[str, Any]:
    found = of_customer(call, "charge")
    if "payment_intent" in call.params:
        found = [charge for charge in found if charge["payment_intent"] == call.params["payment_intent"]]
    return call.page(found)


def of_customer(call: Call, kind: str) -> list[dict[str, Any]]:
    if "customer" in call.params:
        return call.world.where(kind, customer=call.params["customer"])
    return call.world.all(kind)


@route("POST /v1/refunds")
def create_refund(call: Call) -> dict[str, Any]:
    """A refund moves no subscription: access follows the subscription's status alone."""
    world, params = call.world, call.params
    if params.get("payment_intent"):
        intent = world.find("payment_intent", params["payment_intent"], "payment_intent")
        charge = world.get(intent["latest_charge"] or "")
    elif params.get("charge"):
        charge = world.find("charge", params["charge"], "charge")
    else:
        raise missing_parameter("charge")
    if charge is None or not charge["paid"]:
        raise wrong_state("This payment has no successful charge to refund.", param="payment_intent")
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if left == 0:
        raise wrong_state(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    if not 0 < amount <= left:
        raise InvalidRequest("Refund amount is greater than what is left of the charge.", param="amount")
    refund = world.add(new_refund(call, charge, amount))
    with world.changing(charge, "charge.refunded"):
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit("refund.created", refund)
    return refund


def new_refund(call: Call, charge: dict[str, Any], amount: int) -> dict[str, Any]:
    refund = {
        "id": call.world.new_id("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": call.world.now(charge["customer"]),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": call.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    set_metadata(refund, call.get("metadata"))
    return refund


@route("GET /v1/refunds/{refund}")
def retrieve_refund(call: Call, refund: str) -> dict[str, Any]:
    return call.world.find("refund", refund)


@route("POST /v1/refunds/{refund}")
def update_refund(call: Call, refund: str) -> dict[str, Any]:
    found = call.world.find("refund", refund)
    with call.world.changing(found, "refund.updated"):
        assign(found, call.params)
        set_metadata(found, call.get("metadata"))
    return found


@route("GET /v1/refunds")
def list_refunds(call: Call) -> dict[str, Any]:
    found = call.world.all("refund")
    for name in ("charge", "payment_intent"):
        if name in call.params:
            found = [refund for refund in found if refund[name] == call.params[name]]
    return call.page(found)
