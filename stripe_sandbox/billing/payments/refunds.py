"""Refunds: money that goes back to a card, at once, later, or not after all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import HOUR
from stripe_sandbox.billing.payments.account_balance import new_transaction
from stripe_sandbox.billing.payments.cards import card_of
from stripe_sandbox.billing.payments.disputes import accept

if TYPE_CHECKING:
    from stripe_sandbox.world import World

SETTLES_AFTER = HOUR
"""When the bank answers about a refund that it did not answer at once."""


def refund_charge(
    world: World, charge: dict[str, Any], amount: int, reason: str | None, metadata: dict[str, str]
) -> dict[str, Any]:
    """A refund moves no subscription: access follows the subscription's status alone."""
    fate = fate_of(world, charge)
    refund = world.add(new_refund(world, charge, amount, fate) | {"reason": reason, "metadata": metadata})
    refund["balance_transaction"] = new_transaction(world, refund, "refund", -amount)["id"]
    with world.changing(charge, "charge.refunded"):
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit("refund.created", refund)
    settle_inquiry(world, charge)
    return refund


def fate_of(world: World, charge: dict[str, Any]) -> str | None:
    method = world.get(charge["payment_method"] or "")
    return card_of(method["_number"]).refund if method else None


def new_refund(world: World, charge: dict[str, Any], amount: int, fate: str | None) -> dict[str, Any]:
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    now = world.now(charge["customer"])
    waits = {"pending_reason": "processing"} if fate == "pending" else {}
    return {
        "id": world.new_id("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {"card": card, "type": "card"},
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if fate == "pending" else "succeeded",
        "transfer_reversal": None,
        "_settles_at": now + SETTLES_AFTER if fate else None,
        "_fate": fate,
        **waits,
    }


def settle_inquiry(world: World, charge: dict[str, Any]) -> None:
    """A bank's question about a charge is answered by giving all of the money back."""
    for dispute in world.where("dispute", charge=charge["id"], status="warning_needs_response"):
        if charge["refunded"]:
            accept(world, dispute)


def times(refund: dict[str, Any]) -> list[tuple[int, str]]:
    return [(refund["_settles_at"], "settle_refund")] if refund.get("_settles_at") else []


def settle_refund(world: World, refund: dict[str, Any]) -> None:
    """The bank's late answer, by the card's number: paid out after all, or sent back."""
    if refund["_fate"] == "pending":
        world.touch(refund).pop("pending_reason", None)
        world.update(refund, status="succeeded", _settles_at=None)
    else:
        send_back(world, refund)
    say_changed(world, refund)


def send_back(world: World, refund: dict[str, Any]) -> None:
    """The money is the account's again, and what was refunded of the charge shrinks by it."""
    back = new_transaction(world, refund, "refund_failure", refund["amount"])
    world.update(
        refund,
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=back["id"],
        _settles_at=None,
    )
    charge = world.find("charge", refund["charge"])
    with world.changing(charge, "charge.updated"):
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False


def say_changed(world: World, refund: dict[str, Any]) -> None:
    if refund["status"] == "failed":
        world.emit("refund.failed", refund)
    world.emit("refund.updated", refund)
    world.emit("charge.refund.updated", refund)
