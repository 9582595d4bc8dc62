"""Invoices from draft to paid or void: what happens to them, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import HOUR
from stripe_sandbox.billing.amounts.discounts import use_up
from stripe_sandbox.billing.amounts.tax import knows_place
from stripe_sandbox.billing.amounts.totals import owed_after_balance, total_up
from stripe_sandbox.billing.customers.customer_balance import adjust
from stripe_sandbox.billing.invoices.invoice_lines import take_pending
from stripe_sandbox.billing.invoices.invoice_object import blank
from stripe_sandbox.billing.payments import charging
from stripe_sandbox.delivery import wants

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def draft(
    world: World,
    customer: dict[str, Any],
    subscription: dict[str, Any] | None,
    reason: str,
    lines: list[dict[str, Any]],
    period: tuple[int, int],
    auto_advance: bool = True,
) -> dict[str, Any]:
    """A draft of these lines and of what was pending. Not announced: call `announce` when its turn comes."""
    now = world.now(customer["id"])
    invoice = blank(world, customer, subscription, reason, now)
    invoice["currency"] = currency_for(customer, subscription, lines)
    set_lines(invoice, take_waiting(world, customer, subscription, invoice) + lines)
    invoice |= {
        "auto_advance": auto_advance,
        "automatically_finalizes_at": now + HOUR if auto_advance else None,
        "period_start": period[0],
        "period_end": period[1],
    }
    total_up(world, invoice, customer)
    return keep(world, invoice, customer)


def currency_for(
    customer: dict[str, Any], subscription: dict[str, Any] | None, lines: list[dict[str, Any]]
) -> str:
    if lines:
        return str(lines[0]["currency"])
    return str(subscription["currency"] if subscription else customer["currency"] or "usd")


def take_waiting(
    world: World, customer: dict[str, Any], subscription: dict[str, Any] | None, invoice: dict[str, Any]
) -> list[dict[str, Any]]:
    return take_pending(world, customer, subscription, invoice["id"], invoice["currency"])


def set_lines(invoice: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    for line in lines:
        line["invoice"] = invoice["id"]
    invoice["lines"]["data"] = lines


def keep(world: World, invoice: dict[str, Any], customer: dict[str, Any]) -> dict[str, Any]:
    """The first invoice decides in which currency a customer is billed."""
    world.add(invoice)
    if not customer["currency"]:
        with world.changing(customer, "customer.updated"):
            customer["currency"] = invoice["currency"]
    return invoice


def announce(world: World, invoice: dict[str, Any]) -> None:
    """From now on it is real: discounts that count once are used up by it.

    `webhooks_delivered_at` waits for the listeners, if there are any.
    """
    heard = any(wants(endpoint, "invoice.created") for endpoint in world.all("webhook_endpoint"))
    world.update(invoice, webhooks_delivered_at=None if heard else invoice["created"])
    world.emit("invoice.created", invoice)
    subscription = subscription_of(world, invoice)
    if subscription:
        use_up(world, subscription, invoice)


def subscription_of(world: World, invoice: dict[str, Any]) -> dict[str, Any] | None:
    parent = invoice.get("parent") or {}
    details = parent.get("subscription_details") or {}
    return world.get(details.get("subscription") or "")


def finalize(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    """Draft to open: a number, the customer's balance applied, an intent to pay. Nothing due means paid."""
    customer = world.find("customer", invoice["customer"])
    now = world.now(customer["id"])
    world.touch(invoice)
    do_without_place(invoice, customer)
    total_up(world, invoice, customer)
    invoice |= {
        "status": "open",
        "number": invoice["number"] or next_number(world, customer),
        "automatically_finalizes_at": None,
        "effective_at": invoice["effective_at"] or now,
        "ending_balance": settle_balance(world, invoice, customer),
        "hosted_invoice_url": f"{world.base_url}/invoice/{invoice['id']}",
        "invoice_pdf": f"{world.base_url}/invoice/{invoice['id']}/pdf",
    }
    invoice["status_transitions"]["finalized_at"] = now
    world.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        mark_paid(world, invoice)
    return invoice


def do_without_place(invoice: dict[str, Any], customer: dict[str, Any]) -> None:
    """Stripe turns automatic tax off rather than let a renewal wait for an address."""
    if invoice["automatic_tax"]["enabled"] and not knows_place(customer):
        reason = "finalization_requires_location_inputs"
        invoice["automatic_tax"] = {
            "disabled_reason": reason,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        }


def next_number(world: World, customer: dict[str, Any]) -> str:
    sequence = customer["next_invoice_sequence"]
    world.update(customer, next_invoice_sequence=sequence + 1)
    return f"{customer['invoice_prefix']}-{sequence:04d}"


def settle_balance(world: World, invoice: dict[str, Any], customer: dict[str, Any]) -> int:
    """What the balance took over, and what was too little to be asked for; answers what it is now."""
    owed = owed_after_balance(invoice, customer)
    changes = {
        "applied_to_invoice": invoice["total"] - owed,
        "invoice_too_small": owed - invoice["amount_due"],
    }
    for type, change in changes.items():
        if change:
            adjust(world, customer, change, type, invoice["currency"], invoice["id"])
    return int(customer["balance"])


def mark_paid(world: World, invoice: dict[str, Any], off_stripe: bool = False, attempts: int = 0) -> None:
    """`off_stripe`: the money came by another way, in cash or to a bank account: no payment has succeeded.

    `attempts` are those on a card by which it came.
    """
    if invoice["amount_due"]:
        with world.changing(invoice, "invoice.updated"):
            become_paid(world, invoice, off_stripe, attempts)
    else:
        become_paid(world, invoice, off_stripe, attempts)
    world.emit("invoice.paid", invoice)
    if not off_stripe:
        world.emit("invoice.payment_succeeded", invoice)


def become_paid(world: World, invoice: dict[str, Any], off_stripe: bool, attempts: int) -> None:
    world.update(
        invoice,
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_paid_off_stripe=invoice["amount_due"] if off_stripe else 0,
        amount_remaining=0,
        attempt_count=invoice["attempt_count"] + attempts,
        attempted=True,
        auto_advance=False,
        next_payment_attempt=None,
    )
    invoice["status_transitions"]["paid_at"] = world.now(invoice["customer"])


def void(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    """As if it had never been: what it took from the customer's balance, or gave to it, goes back."""
    now = world.now(invoice["customer"])
    world.update(invoice, status="void", auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"]["voided_at"] = now
    for payment in world.where("invoice_payment", invoice=invoice["id"], status="open"):
        world.update(payment, status="canceled")
        payment["status_transitions"]["canceled_at"] = now
        cancel_intent(world, payment["payment"].get("payment_intent"))
    world.emit("invoice.voided", invoice)
    return_balance(world, invoice)
    return invoice


def cancel_intent(world: World, intent_id: str | None) -> None:
    intent = world.get(intent_id or "")
    if intent and intent["status"] not in ("canceled", "succeeded"):
        charging.cancel(world, intent, "void_invoice")


def write_off(world: World, invoice: dict[str, Any]) -> None:
    world.update(invoice, status="uncollectible", auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"]["marked_uncollectible_at"] = world.now(invoice["customer"])
    world.emit("invoice.marked_uncollectible", invoice)


def return_balance(world: World, invoice: dict[str, Any]) -> None:
    change = (invoice["ending_balance"] or 0) - invoice["starting_balance"]
    if invoice["ending_balance"] is None or not change:
        return
    customer = world.find("customer", invoice["customer"])
    adjust(world, customer, -change, "unapplied_from_invoice", invoice["currency"], invoice["id"])


def stop_collecting(world: World, subscription: dict[str, Any]) -> None:
    """An ended subscription's invoices stay as they are and are tried no more."""
    for invoice in invoices_of(world, subscription):
        if invoice["status"] in ("draft", "open") and (
            invoice["auto_advance"] or invoice["next_payment_attempt"]
        ):
            world.update(
                invoice, auto_advance=False, next_payment_attempt=None, automatically_finalizes_at=None
            )


def invoices_of(world: World, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    found = world.where("invoice", customer=subscription["customer"])
    return [invoice for invoice in found if subscription_of(world, invoice) is subscription]
