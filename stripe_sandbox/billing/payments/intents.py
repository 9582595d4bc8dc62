"""Payment intents that callers make themselves: confirmed, authenticated, captured, canceled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.payments import charging
from stripe_sandbox.billing.payments.account_balance import take_in
from stripe_sandbox.billing.payments.cards import asks_authentication, card_of, declined, refusal_of
from stripe_sandbox.billing.payments.payment_methods import attach
from stripe_sandbox.billing.payments.payments import collect
from stripe_sandbox.errors import CardError

if TYPE_CHECKING:
    from stripe_sandbox.world import World

CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


@dataclass(frozen=True)
class Manner:
    """How a confirmation goes about it. `off_session`: the customer is not there to be asked."""

    off_session: bool = False
    error_on_requires_action: bool = False
    authenticated: bool = False


def confirm(world: World, intent: dict[str, Any], method: dict[str, Any], manner: Manner) -> CardError | None:
    """Answers the refusal. None: paid, held, or (see the status) its holder has to confirm first."""
    if intent.get("_invoice"):
        return confirm_invoice(world, intent, method, manner)
    refusal = refuses(world, intent, method, manner)
    if refusal is None:
        take(world, intent, method, manner.authenticated)
        return None
    asks = refusal.code == "authentication_required"
    if asks and not (manner.off_session or manner.error_on_requires_action):
        charging.ask(world, intent, method)
        return None
    charging.refuse(world, intent, method, refusal, sent=not manner.error_on_requires_action or not asks)
    return refusal


def confirm_invoice(
    world: World, intent: dict[str, Any], method: dict[str, Any], manner: Manner
) -> CardError | None:
    """The intent of an invoice pays the invoice, and that moves the subscription."""
    invoice = world.find("invoice", intent["_invoice"])
    if intent["customer"] and not method["customer"]:
        attach(world, method, world.find("customer", intent["customer"]))
    present = not manner.off_session
    refusal = collect(world, invoice, method, present=present, authenticated=manner.authenticated)
    waits = intent["status"] == "requires_action" and not manner.error_on_requires_action
    return None if waits else refusal


def refuses(world: World, intent: dict[str, Any], method: dict[str, Any], manner: Manner) -> CardError | None:
    card = card_of(method["_number"])
    customer = world.get(intent["customer"] or "")
    if manner.off_session and customer and customer.get("_decline_next"):
        world.update(customer, _decline_next=customer["_decline_next"] - 1)
        return declined("generic_decline")
    if card.decline_later and method["customer"]:
        return declined(card.decline_later)
    wish = (intent["payment_method_options"].get("card") or {}).get("request_three_d_secure")
    forced = wish in ("any", "challenge") and card.three_d_secure != "not_supported"
    if forced and not manner.authenticated and not card.decline and not manner.off_session:
        return asks_authentication()
    return refusal_of(method, not manner.off_session, manner.authenticated)


def take(world: World, intent: dict[str, Any], method: dict[str, Any], authenticated: bool) -> None:
    by_hand = intent["capture_method"] == "manual"
    charge = (charging.hold if by_hand else charging.pay)(world, intent, method)
    keep(world, intent, method, authenticated)
    charging.contest_if_marked(world, charge, method)


def keep(world: World, intent: dict[str, Any], method: dict[str, Any], authenticated: bool) -> None:
    """`setup_future_usage` keeps the card for the customer; without it a loose card is used up."""
    if intent["setup_future_usage"] and intent["customer"]:
        attach(world, method, world.find("customer", intent["customer"]))
        if authenticated:
            world.update(method, _authenticated=True)
    elif not method["customer"]:
        world.update(method, _detached=True)


def capture(world: World, intent: dict[str, Any], amount: int) -> None:
    """Take what was held, or a part of it; the rest is let go."""
    charge = world.touch(world.find("charge", intent["latest_charge"]))
    charge |= {"captured": True, "amount_captured": amount}
    take_in(world, charge)
    world.emit("charge.captured", charge)
    world.update(intent, status="succeeded", amount_capturable=0, amount_received=amount)
    world.emit("payment_intent.succeeded", intent)
    method = world.get(charge["payment_method"])
    if method:
        charging.contest_if_marked(world, charge, method)


def cancel(world: World, intent: dict[str, Any], reason: str | None) -> None:
    """What was held goes back to the card."""
    if intent["status"] == "requires_capture":
        charge = world.find("charge", intent["latest_charge"])
        with world.changing(charge, "charge.refunded"):
            charge |= {"amount_refunded": charge["amount"], "refunded": True}
    charging.cancel(world, intent, reason)
