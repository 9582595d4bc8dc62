"""What an invoice comes to: lines, less discounts, plus taxes, and what a balance leaves to pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import tax
from stripe_sandbox.billing.amounts.discount_amounts import own_off, take_discounts
from stripe_sandbox.billing.amounts.money import SMALLEST
from stripe_sandbox.billing.invoices.invoice_object import buyer

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def total_up(world: World, invoice: dict[str, Any], customer: dict[str, Any]) -> None:
    """Reckons a draft anew. A credit balance pays first; what is owed to the customer becomes credit.

    What is too little for a card is not asked for: it is owed with the next invoice.
    """
    invoice.update(buyer(world, customer))
    if invoice["automatic_tax"]["enabled"]:
        invoice["automatic_tax"] = tax.automatic_tax(True, customer)
    take_discounts(world, invoice)
    tax.take_taxes(world, invoice, customer)
    add_up(world, invoice, customer)
    owed = owed_after_balance(invoice, customer)
    due = owed if owed >= SMALLEST.get(invoice["currency"], 1) else 0
    invoice.update(starting_balance=customer["balance"], amount_due=due, amount_remaining=due)


def owed_after_balance(invoice: dict[str, Any], customer: dict[str, Any]) -> int:
    total = int(invoice["total"])
    return max(0, total + customer["balance"]) if total >= 0 else 0


def add_up(world: World, invoice: dict[str, Any], customer: dict[str, Any]) -> None:
    """Own discounts of lines are in the subtotal already; exclusive taxes come on top of all."""
    lines = invoice["lines"]["data"]
    subtotal = sum(line["amount"] - own_off(line) for line in lines)
    off = sum(part["amount"] for part in invoice["total_discount_amounts"])
    own = sum(own_off(line) for line in lines)
    taxes = invoice["total_taxes"]
    total = subtotal - (off - own) + tax.sum_of(taxes, "exclusive")
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal - tax.inside_subtotal(world, invoice, customer),
        total=total,
        total_excluding_tax=total - tax.sum_of(taxes),
    )
