"""What an intent becomes by one attempt on a card: paid, held, asking its holder, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.payments.account_balance import take_in
from stripe_sandbox.billing.payments.cards import card_of
from stripe_sandbox.billing.payments.charge_object import new_charge
from stripe_sandbox.billing.payments.disputes import contest
from stripe_sandbox.errors import CardError

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def pay(world: World, intent: dict[str, Any], method: dict[str, Any]) -> dict[str, Any]:
    """Take the money. Answers the charge; `contest_if_marked` is for when its events are out."""
    charge = world.add(new_charge(world, intent, method))
    take_in(world, charge)
    world.emit("charge.succeeded", charge)
    settle(world, intent, method, charge, status="succeeded", amount_received=intent["amount"])
    world.emit("payment_intent.succeeded", intent)
    return charge


def hold(world: World, intent: dict[str, Any], method: dict[str, Any]) -> dict[str, Any]:
    """`capture_method=manual`: the money waits for a capture."""
    charge = world.add(new_charge(world, intent, method, captured=False))
    world.emit("charge.succeeded", charge)
    settle(world, intent, method, charge, status="requires_capture", amount_capturable=intent["amount"])
    world.emit("payment_intent.amount_capturable_updated", intent)
    return charge


def settle(
    world: World, intent: dict[str, Any], method: dict[str, Any], charge: dict[str, Any], **changes: Any
) -> None:
    world.update(
        intent,
        latest_charge=charge["id"],
        payment_method=method["id"],
        last_payment_error=None,
        next_action=None,
        **changes,
    )


def contest_if_marked(world: World, charge: dict[str, Any], method: dict[str, Any]) -> None:
    card = card_of(method["_number"])
    if card.disputed and charge["captured"]:
        contest(world, charge, card.disputed, card.inquiry)


def ask(
    world: World, intent: dict[str, Any], method: dict[str, Any], refusal: CardError | None = None
) -> None:
    """The card's holder has to confirm; `refusal` is kept where an attempt failed by it."""
    world.update(
        intent,
        status="requires_action",
        payment_method=method["id"],
        next_action=next_action(world, intent),
        last_payment_error=error_shown(world, refusal, method, None) if refusal else None,
    )
    world.emit("payment_intent.requires_action", intent)


def refuse(
    world: World, intent: dict[str, Any], method: dict[str, Any] | None, refusal: CardError, sent: bool = True
) -> None:
    """`sent=False`: it failed before the bank was asked, so there is no charge."""
    charge = world.add(new_charge(world, intent, method, refusal)) if method and sent else None
    if charge:
        world.emit("charge.failed", charge)
    world.update(
        intent,
        status="requires_payment_method",
        last_payment_error=error_shown(world, refusal, method, charge),
        latest_charge=charge["id"] if charge else intent["latest_charge"],
        payment_method=None,
        next_action=None,
    )
    world.emit("payment_intent.payment_failed", intent)


def error_shown(
    world: World, refusal: CardError, method: dict[str, Any] | None, charge: dict[str, Any] | None
) -> dict[str, Any]:
    """The error as the intent keeps it, with the whole card it is about."""
    shown: dict[str, Any] = refusal.envelope()["error"]
    shown |= {"charge": charge["id"]} if charge else {}
    return shown | ({"payment_method": world.render(method)} if method else {})


def next_action(world: World, intent: dict[str, Any]) -> dict[str, Any]:
    """A page to send the customer to where the caller named a way back, else something for Stripe.js."""
    page, back = f"{world.base_url}/authenticate/{intent['id']}", intent.get("_return_url")
    if back:
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": back, "url": page}}
    return {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page},
    }


def cancel(world: World, intent: dict[str, Any], reason: str | None) -> None:
    world.update(
        intent,
        status="canceled",
        amount_capturable=0,
        canceled_at=world.now(intent["customer"]),
        cancellation_reason=reason,
        next_action=None,
    )
    world.emit("payment_intent.canceled", intent)
