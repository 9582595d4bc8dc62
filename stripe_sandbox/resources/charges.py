"""Charges and what they do to the account's balance."""

from __future__ import annotations

from collections import Counter
from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.payments import intents
from stripe_sandbox.errors import InvalidRequest, wrong_state


@route("POST /v1/charges")
def create(call: Call) -> dict[str, Any]:
    raise InvalidRequest("Charges are not made directly any more: make a PaymentIntent instead.")


@route("GET /v1/charges/{charge}")
def retrieve(call: Call, charge: str) -> dict[str, Any]:
    return call.world.find("charge", charge)


@route("POST /v1/charges/{charge}")
def update(call: Call, charge: str) -> dict[str, Any]:
    found = call.world.find("charge", charge)
    if call.get("customer", found["customer"]) != found["customer"]:
        raise wrong_state("This charge already belongs to a customer.", param="customer")
    with call.world.changing(found, "charge.updated"):
        assign(found, call.params, "description", "receipt_email", "transfer_group")
        set_metadata(found, call.get("metadata"))
        if call.get("fraud_details"):
            report = call.params["fraud_details"]["user_report"]
            found["fraud_details"] = {"user_report": report} if report else {}
        if call.get("shipping"):
            names = ("address", "carrier", "name", "phone", "tracking_number")
            found["shipping"] = {name: call.params["shipping"].get(name) for name in names}
    return found


@route("POST /v1/charges/{charge}/capture")
def capture(call: Call, charge: str) -> dict[str, Any]:
    found = call.world.find("charge", charge)
    intent = call.world.find("payment_intent", found["payment_intent"])
    if found["captured"] or intent["status"] != "requires_capture":
        code = "charge_already_captured" if found["captured"] else "payment_intent_unexpected_state"
        raise wrong_state(f"Charge {charge} is not waiting for a capture.", code)
    amount = call.get("amount", found["amount"])
    if not 0 < amount <= found["amount"]:
        message = f"You can capture 1 to {found['amount']}."
        raise InvalidRequest(message, code="amount_too_large", param="amount")
    intents.capture(call.world, intent, amount)
    return found


@route("GET /v1/charges")
def list_charges(call: Call) -> dict[str, Any]:
    return call.page(call.asked_for("charge", "customer", "payment_intent", "transfer_group"))


@route("GET /v1/balance_transactions/{id}")
def retrieve_transaction(call: Call, id: str) -> dict[str, Any]:
    return call.world.find("balance_transaction", id)


@route("GET /v1/balance_transactions")
def list_transactions(call: Call) -> dict[str, Any]:
    found = call.asked_for("balance_transaction", "currency", "source", "type")
    return call.page([] if "payout" in call.params else found)


@route("GET /v1/balance/history/{id}")
def retrieve_history(call: Call, id: str) -> dict[str, Any]:
    return retrieve_transaction(call, id)


@route("GET /v1/balance/history")
def list_history(call: Call) -> dict[str, Any]:
    """The old name of a list that calls itself by the new one."""
    call.path = "/v1/balance_transactions"
    return list_transactions(call)


@route("GET /v1/balance")
def balance(call: Call) -> dict[str, Any]:
    """What came in less what went out, by currency; nothing is ever paid out to a bank here."""
    sums: dict[str, Counter[str]] = {"available": Counter(), "pending": Counter()}
    for transaction in call.world.all("balance_transaction"):
        shown = call.world.render(transaction)
        sums[shown["status"]][shown["currency"]] += shown["net"]
    currencies = sorted({*sums["available"], *sums["pending"]}) or ["usd"]
    parts = {
        name: [
            {"amount": found[currency], "currency": currency, "source_types": {"card": found[currency]}}
            for currency in currencies
        ]
        for name, found in sums.items()
    }
    return {"_finished": {"object": "balance", "livemode": False, **parts}}
