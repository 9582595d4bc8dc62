"""What a customer owes or is owed beside invoices; each change of it has its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def adjust(
    world: World,
    customer: dict[str, Any],
    amount: int,
    type: str,
    currency: str,
    invoice: str | None = None,
    **words: Any,
) -> dict[str, Any]:
    """Moves the balance by `amount` (below zero is credit) and adds the transaction that says why."""
    ending = customer["balance"] + amount
    with world.changing(customer, "customer.updated"):
        customer["balance"] = ending
        customer["currency"] = customer["currency"] or currency
    return world.add(new_transaction(world, customer, amount, type, currency, invoice) | words)


def new_transaction(
    world: World, customer: dict[str, Any], amount: int, type: str, currency: str, invoice: str | None = None
) -> dict[str, Any]:
    """The balance moved already; its transaction is not stored yet."""
    return {
        "id": world.new_id("customer_balance_transaction"),
        "object": "customer_balance_transaction",
        "amount": amount,
        "checkout_session": None,
        "created": world.now(customer["id"]),
        "credit_note": None,
        "currency": currency,
        "customer": customer["id"],
        "customer_account": None,
        "description": None,
        "ending_balance": customer["balance"],
        "invoice": invoice,
        "livemode": False,
        "metadata": {},
        "type": type,
    }
