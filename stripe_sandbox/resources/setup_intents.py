"""Setup intents."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.payments import setups
from stripe_sandbox.errors import FailedPayment, InvalidRequest, MissingObject, wrong_state
from stripe_sandbox.resources.intent_params import (
    automatic_methods,
    card_given,
    card_options,
    check_secret,
    check_types,
    customer_given,
    needs_return_url,
)

UNEXPECTED = "setup_intent_unexpected_state"


@route("POST /v1/setup_intents")
def create(call: Call) -> dict[str, Any]:
    check(call)
    customer = customer_given(call)
    method = card_given(call, customer)
    intent = setups.new_setup(
        call.world,
        customer,
        call.get("usage", "off_session"),
        automatic_payment_methods=automatic_methods(call),
        description=call.get("description"),
        flow_directions=call.get("flow_directions"),
        metadata=dict(call.get("metadata") or {}),
        payment_method=method["id"] if method else None,
        payment_method_options={"card": setups.CARD_OPTIONS | card_options(call)},
    )
    return confirm_now(call, intent, method) if call.get("confirm") else intent


def check(call: Call) -> None:
    check_types(call)
    for name in ("single_use", "attach_to_self", "on_behalf_of", "confirmation_token"):
        if call.get(name):
            raise InvalidRequest(f"The sandbox does not know `{name}`.", param=name)
    if call.get("return_url") and not call.get("confirm"):
        raise InvalidRequest("`return_url` needs `confirm=true`.", param="return_url")


@route("GET /v1/setup_intents/{intent}")
def retrieve(call: Call, intent: str) -> dict[str, Any]:
    return check_secret(call, call.world.find("setup_intent", intent))


@route("POST /v1/setup_intents/{intent}")
def update(call: Call, intent: str) -> dict[str, Any]:
    found = open_intent(call, intent, "update")
    check_types(call)
    customer = customer_given(call) or found["customer"]
    method = card_given(call, customer)
    call.world.update(found, customer=customer)
    assign(found, call.params, "description", "flow_directions")
    set_metadata(found, call.get("metadata"))
    if card_options(call):
        found["payment_method_options"] = {"card": setups.CARD_OPTIONS | card_options(call)}
    if method:
        found |= {"payment_method": method["id"], "status": "requires_confirmation"}
    return found


@route("POST /v1/setup_intents/{intent}/confirm")
def confirm(call: Call, intent: str) -> dict[str, Any]:
    found = check_secret(call, open_intent(call, intent, "confirm"))
    method = card_given(call, found["customer"]) or call.world.get(found["payment_method"] or "")
    return confirm_now(call, found, method)


def confirm_now(call: Call, intent: dict[str, Any], method: dict[str, Any] | None) -> dict[str, Any]:
    if method is None:
        message = "A setup intent is confirmed with a payment method: give `payment_method`."
        raise wrong_state(message, UNEXPECTED, "payment_method")
    needs_return_url(call, intent)
    call.world.update(intent, _return_url=call.get("return_url"))
    refusal = setups.confirm(call.world, intent, method)
    if refusal:
        shown = {"setup_intent": call.world.render(intent), "payment_method": call.world.render(method)}
        raise FailedPayment(refusal.message, refusal.code or "", **(refusal.extra | shown))
    return intent


@route("POST /v1/setup_intents/{intent}/cancel")
def cancel(call: Call, intent: str) -> dict[str, Any]:
    found = open_intent(call, intent, "cancel")
    setups.cancel(call.world, found, call.get("cancellation_reason"))
    return found


def open_intent(call: Call, intent: str, verb: str) -> dict[str, Any]:
    found = call.world.find("setup_intent", intent)
    if found["status"] not in setups.WAITING:
        message = f"You cannot {verb} this SetupIntent because it has a status of {found['status']}."
        raise wrong_state(message, UNEXPECTED)
    return found


@route("GET /v1/setup_intents")
def list_setups(call: Call) -> dict[str, Any]:
    return call.page(call.asked_for("setup_intent", "customer", "payment_method"))


@route("GET /v1/setup_attempts")
def list_attempts(call: Call) -> dict[str, Any]:
    if call.world.get(call.params["setup_intent"]) is None:
        raise MissingObject("setupintent", call.params["setup_intent"], "setup_intent", 400)
    return call.page(call.world.where("setup_attempt", setup_intent=call.params["setup_intent"]))
