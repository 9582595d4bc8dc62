"""Payment intents."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.payments import intents
from stripe_sandbox.billing.payments.payment_objects import blank_intent
from stripe_sandbox.billing.payments.setups import CARD_OPTIONS
from stripe_sandbox.errors import FailedPayment, InvalidRequest, wrong_state
from stripe_sandbox.rendering import first_page
from stripe_sandbox.resources.amounts import check_amount
from stripe_sandbox.resources.intent_params import (
    automatic_methods,
    card_given,
    card_options,
    check_secret,
    check_types,
    customer_given,
    needs_return_url,
)

UNEXPECTED = "payment_intent_unexpected_state"
PLAIN = (
    "capture_method",
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
UNKNOWN = ("application_fee_amount", "confirmation_token", "on_behalf_of", "transfer_data", "mandate")


@route("POST /v1/payment_intents")
def create(call: Call) -> dict[str, Any]:
    check(call)
    currency = check_amount(call.params["amount"], call.params["currency"])
    customer = customer_given(call)
    method = card_given(call, customer)
    intent = blank_intent(call.world, call.params["amount"], currency, customer)
    intent |= {
        "automatic_payment_methods": automatic_methods(call),
        "confirmation_method": call.get("confirmation_method", "automatic"),
        "payment_method": method["id"] if method else None,
        "payment_method_options": {"card": CARD_OPTIONS_OF_PAYMENTS | card_options(call)},
        "status": "requires_confirmation" if method else "requires_payment_method",
    }
    assign(intent, call.params, *PLAIN)
    set_shipping(intent)
    set_metadata(intent, call.get("metadata"))
    call.world.add(intent)
    call.world.emit("payment_intent.created", intent)
    return confirm_now(call, intent, method) if call.get("confirm") else intent


CARD_OPTIONS_OF_PAYMENTS = {"installments": None} | CARD_OPTIONS


def check(call: Call) -> None:
    check_types(call)
    for name in UNKNOWN:
        if call.get(name):
            raise InvalidRequest(f"The sandbox does not know `{name}`.", param=name)
    for name in ("off_session", "return_url", "error_on_requires_action"):
        if call.get(name) and not call.get("confirm"):
            raise InvalidRequest(f"`{name}` needs `confirm=true`.", param=name)


def set_shipping(intent: dict[str, Any]) -> None:
    given = intent["shipping"]
    if given:
        names = ("address", "carrier", "name", "phone", "tracking_number")
        intent["shipping"] = {name: given.get(name) for name in names}


@route("GET /v1/payment_intents/{intent}")
def retrieve(call: Call, intent: str) -> dict[str, Any]:
    return check_secret(call, call.world.find("payment_intent", intent))


@route("POST /v1/payment_intents/{intent}")
def update(call: Call, intent: str) -> dict[str, Any]:
    found = call.world.find("payment_intent", intent)
    call.world.touch(found)
    set_metadata(found, call.get("metadata"))
    rest = set(call.params) - {"metadata", "description", "expand"}
    if rest and found["status"] not in intents.CONFIRMABLE:
        raise unexpected(found, "update")
    if rest & {"amount", "currency", "customer"} and found.get("_invoice"):
        raise wrong_state("The amount of this PaymentIntent is its invoice's.", UNEXPECTED, "amount")
    check_types(call)
    change_amount(call, found)
    assign(found, call.params, *PLAIN)
    set_shipping(found)
    change_card(call, found)
    return found


def change_amount(call: Call, intent: dict[str, Any]) -> None:
    if {"amount", "currency"} & set(call.params):
        amount = call.get("amount", intent["amount"])
        currency = check_amount(amount, call.get("currency", intent["currency"]))
        intent |= {"amount": amount, "currency": currency}


def change_card(call: Call, intent: dict[str, Any]) -> None:
    intent["customer"] = customer_given(call) or intent["customer"]
    options = card_options(call)
    if options:
        intent["payment_method_options"] = {"card": CARD_OPTIONS_OF_PAYMENTS | options}
    method = card_given(call, intent["customer"])
    if method:
        intent |= {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}


@route("POST /v1/payment_intents/{intent}/confirm")
def confirm(call: Call, intent: str) -> dict[str, Any]:
    found = check_secret(call, call.world.find("payment_intent", intent))
    if found["status"] not in intents.CONFIRMABLE:
        raise unexpected(found, "confirm")
    check_types(call)
    call.world.touch(found)
    assign(found, call.params, "capture_method", "receipt_email", "setup_future_usage", "shipping")
    set_shipping(found)
    if card_options(call):
        found["payment_method_options"] = {"card": CARD_OPTIONS_OF_PAYMENTS | card_options(call)}
    method = card_given(call, found["customer"]) or call.world.get(found["payment_method"] or "")
    return confirm_now(call, found, method)


def confirm_now(call: Call, intent: dict[str, Any], method: dict[str, Any] | None) -> dict[str, Any]:
    if method is None:
        message = "A PaymentIntent is confirmed with a payment method: give `payment_method`."
        raise wrong_state(message, UNEXPECTED, "payment_method")
    needs_return_url(call, intent)
    call.world.update(intent, _return_url=call.get("return_url"))
    manner = intents.Manner(
        off_session=bool(call.get("off_session")),
        error_on_requires_action=bool(call.get("error_on_requires_action")),
        authenticated=intent.get("_authenticated") == method["id"],
    )
    refusal = intents.confirm(call.world, intent, method, manner)
    if refusal:
        raise declined(call, intent, method, refusal)
    return intent


def declined(call: Call, intent: dict[str, Any], method: dict[str, Any], refusal: Any) -> FailedPayment:
    """The attempt stays as it was made; the error shows the intent and the card."""
    shown = {
        "charge": (intent["last_payment_error"] or {}).get("charge"),
        "payment_intent": call.world.render(intent),
        "payment_method": call.world.render(method),
    }
    return FailedPayment(refusal.message, refusal.code or "", **(refusal.extra | shown))


@route("POST /v1/payment_intents/{intent}/capture")
def capture(call: Call, intent: str) -> dict[str, Any]:
    found = call.world.find("payment_intent", intent)
    if found["status"] != "requires_capture":
        raise unexpected(found, "capture")
    amount = call.get("amount_to_capture", found["amount_capturable"])
    if not 0 < amount <= found["amount_capturable"]:
        message = f"You can capture 1 to {found['amount_capturable']}."
        raise InvalidRequest(message, code="amount_too_large", param="amount_to_capture")
    set_metadata(call.world.touch(found), call.get("metadata"))
    intents.capture(call.world, found, amount)
    return found


@route("POST /v1/payment_intents/{intent}/cancel")
def cancel(call: Call, intent: str) -> dict[str, Any]:
    found = call.world.find("payment_intent", intent)
    if found.get("_invoice"):
        message = "An invoice's PaymentIntent is canceled by voiding the invoice."
        raise wrong_state(message, UNEXPECTED)
    if found["status"] not in intents.CANCELABLE:
        raise unexpected(found, "cancel")
    intents.cancel(call.world, found, call.get("cancellation_reason"))
    return found


def unexpected(intent: dict[str, Any], verb: str) -> Exception:
    message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return wrong_state(message, UNEXPECTED)


@route("GET /v1/payment_intents")
def list_intents(call: Call) -> dict[str, Any]:
    return call.page(call.asked_for("payment_intent", "customer"))


@route("GET /v1/payment_intents/{intent}/amount_details_line_items")
def list_line_items(call: Call, intent: str) -> dict[str, Any]:
    call.world.find("payment_intent", intent)
    return {"_finished": first_page([], call.path)}
