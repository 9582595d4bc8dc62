"""An invoice as it is first written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY, HOUR
from stripe_sandbox.billing.amounts.tax import automatic_tax
from stripe_sandbox.ids import new_id
from stripe_sandbox.rendering import copy, page

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Object = dict[str, Any]


def blank(world: World, customer: Object, subscription: Object | None, reason: str, now: int) -> Object:
    """A draft without lines."""
    invoice_id = new_id("invoice")
    return {
        "id": invoice_id,
        "object": "invoice",
        "billing_reason": reason,
        "created": now,
        "currency": customer["currency"] or "usd",
        "customer": customer["id"],
        "customer_account": None,
        "lines": page([], f"/v1/invoices/{invoice_id}/lines"),
        "livemode": False,
        "metadata": {},
        "number": None,
        "status": "draft",
        "test_clock": customer["test_clock"],
        **seller(),
        **nothing_due(),
        **dates(now, reason),
        **buyer(world, customer),
        **terms(customer, subscription, now),
        **never_here(),
    }


def seller() -> Object:
    return {"account_country": "US", "account_name": "Sandbox", "issuer": {"type": "self"}}


def nothing_due() -> Object:
    amounts = (
        "amount_due",
        "amount_overpaid",
        "amount_paid",
        "amount_paid_off_stripe",
        "amount_remaining",
        "amount_shipping",
        "post_payment_credit_notes_amount",
        "pre_payment_credit_notes_amount",
        "starting_balance",
        "subtotal",
        "subtotal_excluding_tax",
        "total",
        "total_excluding_tax",
    )
    lists = ("total_discount_amounts", "total_pretax_credit_amounts", "total_taxes")
    return dict.fromkeys(amounts, 0) | {name: [] for name in lists} | {"ending_balance": None}


def dates(now: int, reason: str) -> Object:
    moments = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
    return {
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "automatically_finalizes_at": None,
        "due_date": None,
        "effective_at": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "next_payment_attempt": now + HOUR if reason == "subscription_cycle" else None,
        "period_end": now,
        "period_start": now,
        "status_transitions": dict.fromkeys(moments),
        "webhooks_delivered_at": now,
    }


def buyer(world: World, customer: Object) -> Object:
    """The customer as an invoice shows it: it follows the customer while it is a draft, and keeps it then."""
    tax_ids = world.where("tax_id", customer=customer["id"])
    return {
        "customer_address": copy(customer["address"]),
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": copy(customer["shipping"]),
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [{"type": tax_id["type"], "value": tax_id["value"]} for tax_id in tax_ids],
    }


def terms(customer: Object, subscription: Object | None, now: int) -> Object:
    """What the subscription says, else the customer's settings, else nothing."""
    sub = subscription or {}
    own, general = sub.get("invoice_settings") or {}, customer["invoice_settings"]
    by_hand = sub.get("collection_method") == "send_invoice"
    days = sub.get("days_until_due")
    return {
        "account_tax_ids": own.get("account_tax_ids"),
        "automatic_tax": automatic_tax(bool((sub.get("automatic_tax") or {}).get("enabled")), customer),
        "collection_method": sub.get("collection_method") or "charge_automatically",
        "custom_fields": copy(own.get("custom_fields") or general.get("custom_fields")),
        "default_payment_method": None,
        "default_tax_rates": copy(sub.get("default_tax_rates") or []),
        "description": own.get("description"),
        "discounts": list(sub.get("discounts") or []),
        "footer": own.get("footer") or general.get("footer"),
        "parent": parent(subscription) if subscription else None,
        "payment_settings": payment_settings(sub.get("payment_settings") or {}),
        **(
            {"due_date": now + days * DAY, "next_payment_attempt": None}
            if by_hand and days is not None
            else {}
        ),
    }


def parent(subscription: Object) -> Object:
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def payment_settings(settings: Object) -> Object:
    return {
        "default_mandate": None,
        "payment_method_options": settings.get("payment_method_options"),
        "payment_method_types": settings.get("payment_method_types"),
    }


def never_here() -> Object:
    """What only accounts with more than the sandbox knows have: Connect, revisions, shipping, templates."""
    names = (
        "application",
        "default_source",
        "from_invoice",
        "last_finalization_error",
        "latest_revision",
        "on_behalf_of",
        "receipt_number",
        "rendering",
        "shipping_cost",
        "shipping_details",
        "statement_descriptor",
    )
    return dict.fromkeys(names)
