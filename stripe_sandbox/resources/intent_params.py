"""Parameters that payment intents and setup intents share."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call
from stripe_sandbox.billing.customers.customer_object import living
from stripe_sandbox.billing.payments.payment_methods import from_data, from_reference, of_customer
from stripe_sandbox.errors import InvalidRequest

CARD_WORDS = ("network", "request_three_d_secure")


def customer_given(call: Call) -> str | None:
    if not call.get("customer"):
        return None
    return str(living(call.world, call.params["customer"], "customer")["id"])


def card_given(call: Call, customer: str | None) -> dict[str, Any] | None:
    """The card that the call names or spells out; raises when it is somebody else's."""
    if call.get("payment_method") and call.get("payment_method_data"):
        message = "Give one of `payment_method` and `payment_method_data`."
        raise InvalidRequest(message, param="payment_method_data")
    if call.get("payment_method_data"):
        return from_data(call.world, call.params["payment_method_data"])
    if not call.get("payment_method"):
        return None
    method = from_reference(call.world, call.params["payment_method"])
    return of_customer(method, customer, "payment_method")


def check_types(call: Call) -> None:
    types = call.get("payment_method_types") or ["card"]
    if types != ["card"]:
        message = f"The sandbox takes cards only, not {', '.join(t for t in types if t != 'card')}."
        raise InvalidRequest(message, code="payment_intent_invalid_parameter", param="payment_method_types")
    if call.get("payment_method_types") and (call.get("automatic_payment_methods") or {}).get("enabled"):
        message = "Give one of `payment_method_types` and `automatic_payment_methods`."
        raise InvalidRequest(message, param="automatic_payment_methods")


def automatic_methods(call: Call) -> dict[str, Any] | None:
    """On unless the caller names the types, as since 2023."""
    given = call.get("automatic_payment_methods")
    if given is not None and not given["enabled"]:
        return None
    if given is None and call.get("payment_method_types"):
        return None
    return {"allow_redirects": (given or {}).get("allow_redirects", "always"), "enabled": True}


def needs_return_url(call: Call, intent: dict[str, Any]) -> None:
    """Where redirects are allowed, a confirmation says where the customer comes back to."""
    automatic = intent["automatic_payment_methods"]
    redirects = automatic and automatic["allow_redirects"] != "never"
    if redirects and not (call.get("return_url") or call.get("off_session") or call.get("use_stripe_sdk")):
        message = (
            "Some payment methods of this intent might redirect your customer: give a `return_url`, "
            "or set `automatic_payment_methods[allow_redirects]` to `never`."
        )
        raise InvalidRequest(message, param="return_url")


def card_options(call: Call) -> dict[str, Any]:
    given = whole(whole(call.params, "payment_method_options"), "card")
    found = {name: given[name] for name in CARD_WORDS if name in given}
    if found.get("request_three_d_secure", "any") not in ("any", "automatic", "challenge"):
        name = "payment_method_options[card][request_three_d_secure]"
        raise InvalidRequest(f"Invalid {name}: must be one of any, automatic, challenge", param=name)
    return found


def check_secret(call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    if call.get("client_secret") not in (None, intent["client_secret"]):
        raise InvalidRequest("The client_secret does not match this intent.", param="client_secret")
    return intent


def whole(params: dict[str, Any], name: str) -> dict[str, Any]:
    """What stands under a loosely described parameter, which callers may fill with anything."""
    found = params.get(name) or {}
    if not isinstance(found, dict):
        raise InvalidRequest(f"Invalid object: {name}", param=name)
    return found
