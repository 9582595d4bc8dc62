"""The bank's question to a card's holder, and what follows from the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.payments import charging, payments, setups
from stripe_sandbox.billing.payments.intents import Manner, confirm
from stripe_sandbox.errors import CardError, MissingObject, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World

FAILED = "The card could not be authenticated. Choose another payment method, or try again."


def waiting(world: World, intent_id: str) -> dict[str, Any]:
    """The payment or setup intent that waits for its card's holder. Raises for one that does not."""
    intent = world.get(intent_id)
    if intent is None or intent["object"] not in ("payment_intent", "setup_intent"):
        raise MissingObject("intent", intent_id)
    if intent["status"] != "requires_action":
        raise wrong_state(f"Nothing waits for an authentication here: the intent is {intent['status']}.")
    return intent


def answer(world: World, intent_id: str, approved: bool) -> dict[str, Any]:
    """Answers the intent; its invoice, subscription and card have moved by then."""
    intent = waiting(world, intent_id)
    method = world.find("payment_method", intent["payment_method"])
    if intent["object"] == "setup_intent":
        answer_setup(world, intent, method, approved)
    elif approved:
        approve(world, intent, method)
    else:
        reject(world, intent, method)
    return intent


def approve(world: World, intent: dict[str, Any], method: dict[str, Any]) -> None:
    """With `confirmation_method=manual` the shop's server has the last word."""
    world.update(intent, _authenticated=method["id"])
    if intent["setup_future_usage"]:
        world.update(method, _authenticated=True)
    if intent["confirmation_method"] == "manual":
        world.update(intent, status="requires_confirmation", next_action=None)
    else:
        confirm(world, intent, method, Manner(authenticated=True))


def answer_setup(world: World, intent: dict[str, Any], method: dict[str, Any], approved: bool) -> None:
    if approved:
        setups.confirm(world, intent, method, authenticated=True)
    else:
        setups.refuse(world, intent, method, CardError(FAILED, "setup_intent_authentication_failure"))


def reject(world: World, intent: dict[str, Any], method: dict[str, Any]) -> None:
    refusal = CardError(FAILED, "payment_intent_authentication_failure")
    if intent.get("_invoice"):
        payments.fail(world, world.find("invoice", intent["_invoice"]), intent, method, refusal)
    else:
        charging.refuse(world, intent, method, refusal, sent=False)


def return_address(intent: dict[str, Any]) -> str | None:
    """Where the customer goes after the answer, with what Stripe adds to the address."""
    back = intent.get("_return_url")
    if not back:
        return None
    joint, kind = "&" if "?" in back else "?", intent["object"]
    return f"{back}{joint}{kind}={intent['id']}&{kind}_client_secret={intent['client_secret']}"


def waiting_for_invoice(world: World, invoice_id: str) -> str | None:
    """The address where the holder of an invoice's card confirms the payment that waits, if one does."""
    waits = world.where("payment_intent", _invoice=invoice_id, status="requires_action")
    return f"/authenticate/{waits[-1]['id']}" if waits else None
