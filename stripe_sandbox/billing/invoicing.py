"""Invoices: lines, totals, draft, open, paid, void."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.billing_cycle import HOUR
from stripe_sandbox.billing.discounts import discounted
from stripe_sandbox.billing.invoice_lines import take_pending
from stripe_sandbox.ids import new_id
from stripe_sandbox.rendering import page

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
    lines = take_pending(world, customer, subscription, invoice["id"]) + lines
    for line in lines:
        line["invoice"] = invoice["id"]
    currency = lines[0]["currency"] if lines else subscription["currency"] if subscription else "usd"
    invoice |= {
        "auto_advance": auto_advance,
        "automatically_finalizes_at": now + HOUR if auto_advance else None,
        "currency": currency,
        "lines": page(lines, f"/v1/invoices/{invoice['id']}/lines"),
        "period_start": period[0],
        "period_end": period[1],
    }
    total_up(world, invoice, customer)
    world.add(invoice)
    if not customer["currency"]:
        world.update(customer, currency=currency)
    return invoice


def total_up(world: World, invoice: dict[str, Any], customer: dict[str, Any]) -> None:
    """A credit balance pays first; what an invoice owes the customer becomes credit when it is finalized."""
    subtotal = sum(line["amount"] for line in invoice["lines"]["data"])
    off = discounted(world, invoice)
    total = subtotal - sum(part["amount"] for part in off)
    balance = customer["balance"]
    due = max(0, total + balance) if total >= 0 else 0
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_excluding_tax": total,
        "total_discount_amounts": off,
        "starting_balance": balance,
        "amount_due": due,
        "amount_remaining": due,
    }


def blank(
    world: World, customer: dict[str, Any], subscription: dict[str, Any] | None, reason: str, now: int
) -> dict[str, Any]:
    details = {
        "metadata": dict(subscription["metadata"]) if subscription else None,
        "subscription": subscription["id"] if subscription else None,
    }
    parent = {"quote_details": None, "subscription_details": details, "type": "subscription_details"}
    return {
        "id": new_id("invoice"),
        "object": "invoice",
        "account_country": "US",
        "account_name": "Sandbox",
        "account_tax_ids": None,
        "amount_due": 0,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_remaining": 0,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_reason": reason,
        "collection_method": subscription["collection_method"] if subscription else "charge_automatically",
        "created": now,
        "custom_fields": None,
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": list(subscription["discounts"]) if subscription else [],
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": now + HOUR if reason == "subscription_cycle" else None,
        "number": None,
        "on_behalf_of": None,
        "parent": parent if subscription else None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "statement_descriptor": None,
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "test_clock": customer["test_clock"],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": now,
    }


def announce(world: World, invoice: dict[str, Any]) -> None:
    world.emit("invoice.created", invoice)


def subscription_of(world: World, invoice: dict[str, Any]) -> dict[str, Any] | None:
    parent = invoice.get("parent") or {}
    details = parent.get("subscription_details") or {}
    return world.get(details.get("subscription") or "")


def finalize(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    """Draft to open: a number, the customer's balance applied, an intent to pay. Nothing due means paid."""
    customer = world.find("customer", invoice["customer"])
    now = world.now(customer["id"])
    world.touch(invoice)
    total_up(world, invoice, customer)
    invoice |= {
        "status": "open",
        "number": next_number(world, customer),
        "automatically_finalizes_at": None,
        "effective_at": now,
        "ending_balance": settle_balance(world, invoice, customer),
        "hosted_invoice_url": f"{world.base_url}/invoice/{invoice['id']}",
        "invoice_pdf": f"{world.base_url}/invoice/{invoice['id']}/pdf",
    }
    invoice["status_transitions"]["finalized_at"] = now
    world.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        mark_paid(world, invoice)
    return invoice


def next_number(world: World, customer: dict[str, Any]) -> str:
    sequence = customer["next_invoice_sequence"]
    world.update(customer, next_invoice_sequence=sequence + 1)
    return f"{customer['invoice_prefix']}-{sequence:04d}"


def settle_balance(world: World, invoice: dict[str, Any], customer: dict[str, Any]) -> int:
    balance: int = customer["balance"] + invoice["total"] - invoice["amount_due"]
    if balance != customer["balance"]:
        with world.changing(customer, "customer.updated"):
            customer["balance"] = balance
    return balance


def mark_paid(world: World, invoice: dict[str, Any]) -> None:
    world.touch(invoice)
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
    }
    invoice["status_transitions"]["paid_at"] = world.now(invoice["customer"])
    world.emit("invoice.paid", invoice)
    world.emit("invoice.payment_succeeded", invoice)


def void(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    world.update(invoice, status="void", auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"]["voided_at"] = world.now(invoice["customer"])
    for payment in world.where("invoice_payment", invoice=invoice["id"], status="open"):
        world.update(payment, status="canceled")
        payment["status_transitions"]["canceled_at"] = world.now(invoice["customer"])
    world.emit("invoice.voided", invoice)
    return invoice


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
