"""The account's balance: one transaction for each movement of money."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.rendering import derived

if TYPE_CHECKING:
    from stripe_sandbox.world import World

SETTLES_AFTER = 2 * DAY
FEE_SHARE, FEE_FIXED = Decimal("0.029"), 30
DISPUTE_FEE = 1500


def charge_fee(amount: int, currency: str) -> int:
    """Stripe's plain price in the United States: 2.9 % and 30 cents (no fixed part in other minor units)."""
    return money.whole(amount * FEE_SHARE) + (FEE_FIXED if money.digits_of(currency) == 2 else 0)


def new_transaction(
    world: World, source: dict[str, Any], type: str, amount: int, fee: int = 0, category: str | None = None
) -> dict[str, Any]:
    """Adds what `source` (a charge, refund or dispute) does to the balance."""
    now = world.now_for(source)
    paid = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees" if type == "charge" else "Dispute fee",
        "type": "stripe_fee",
    }
    return world.add(
        {
            "id": world.new_id("balance_transaction"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": now + SETTLES_AFTER,
            "balance_type": "payments",
            "created": now,
            "currency": source["currency"],
            "description": source.get("description"),
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [paid] if fee else [],
            "net": amount - fee,
            "reporting_category": category or type,
            "source": source["id"],
            "status": "pending",
            "type": type,
        }
    )


@derived("balance_transaction")
def shown_status(world: World, transaction: dict[str, Any]) -> dict[str, Any]:
    return {"status": "available" if transaction["available_on"] <= world.now() else "pending"}


def take_in(world: World, charge: dict[str, Any]) -> None:
    """A captured charge adds to the balance, less Stripe's fee."""
    amount = charge["amount_captured"]
    fee = charge_fee(amount, charge["currency"])
    charge["balance_transaction"] = new_transaction(world, charge, "charge", amount, fee)["id"]
