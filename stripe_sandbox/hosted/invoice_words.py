"""An invoice in words: what its page and its PDF both say. Call with the world open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.hosted.countries import COUNTRIES, TAX_IDS
from stripe_sandbox.hosted.pages import words

if TYPE_CHECKING:
    from stripe_sandbox.world import World

REVERSE = "Reverse charge: the customer accounts for the tax."


def document(world: World, invoice: dict[str, Any]) -> dict[str, Any]:
    """Keys: number, status, shop, dates [(label, time)], billed_to [line], lines [{description, period,
    quantity, unit, amount}], sums [(label, amount)], grand (label, amount), notes [text], currency."""
    currency = invoice["currency"]
    return {
        "number": invoice["number"] or "draft",
        "status": invoice["status"],
        "currency": currency,
        "dates": dates(invoice),
        "billed_to": billed_to(invoice),
        "lines": [line(entry) for entry in invoice["lines"]["data"]],
        "sums": sums(world, invoice),
        "grand": ("Amount due", invoice["amount_remaining"]),
        "notes": notes(invoice),
        "fields": invoice.get("custom_fields") or [],
    }


def dates(invoice: dict[str, Any]) -> list[tuple[str, int]]:
    moves = invoice["status_transitions"]
    found = [
        ("Date of issue", invoice.get("effective_at") or moves["finalized_at"] or invoice["created"]),
        ("Date due", invoice["due_date"]),
        ("Paid", moves["paid_at"]),
        ("Void since", moves["voided_at"]),
        ("Uncollectible since", moves["marked_uncollectible_at"]),
    ]
    return [(label, at) for label, at in found if at]


def billed_to(invoice: dict[str, Any]) -> list[str]:
    address = invoice["customer_address"] or {}
    town = " ".join(address.get(part) or "" for part in ("postal_code", "city")).strip()
    country = COUNTRIES.get(address.get("country") or "", address.get("country"))
    parts = (address.get("line1"), address.get("line2"), town, address.get("state"), country)
    taxes = [tax_id(entry) for entry in invoice["customer_tax_ids"] or []]
    name = invoice["customer_name"] or invoice["customer_email"] or str(invoice["customer"])
    email = invoice["customer_email"] if invoice["customer_name"] else None
    return [text for text in (name, *parts, invoice["customer_phone"], email, *taxes) if text]


def tax_id(entry: dict[str, Any]) -> str:
    kind = TAX_IDS.get(entry["type"], entry["type"].replace("_", " ").upper()).split(": ")[-1]
    return f"{kind} {entry['value']}"


def line(entry: dict[str, Any]) -> dict[str, Any]:
    period = entry.get("period") or {}
    spans = period and period["start"] != period["end"]
    return {
        "description": entry["description"] or "Subscription",
        "period": f"{words.day(period['start'])} to {words.day(period['end'])}" if spans else "",
        "quantity": "" if entry["quantity"] is None else str(entry["quantity"]),
        "amount": entry["amount"],
    }


def sums(world: World, invoice: dict[str, Any]) -> list[tuple[str, int]]:
    found = [("Subtotal", invoice["subtotal"]), *changes(world, invoice), ("Total", invoice["total"])]
    balance = invoice["amount_due"] - invoice["total"]
    if balance and invoice["status"] != "draft":
        found.append(("Credit balance", balance))
    if invoice["amount_paid"]:
        found.append(("Amount paid", -invoice["amount_paid"]))
    return found


def changes(world: World, invoice: dict[str, Any]) -> list[tuple[str, int]]:
    """Discounts and taxes: what lies between the lines and the total."""
    off = [
        (discount(world, part["discount"]), -part["amount"])
        for part in invoice["total_discount_amounts"] or []
    ]
    return off + [(tax_words(world, tax), tax["amount"]) for tax in invoice["total_taxes"] or []]


def discount(world: World, discount_id: Any) -> str:
    """ "WELCOME (20% off for 3 months)"; what is known of it, when the coupon is gone."""
    found = world.get(discount_id) if isinstance(discount_id, str) else discount_id
    source = (found or {}).get("source") or {}
    coupon = world.get(source.get("coupon") or "")
    if not coupon:
        return "Discount"
    code = world.get((found or {}).get("promotion_code") or "") or {}
    return f"{code.get('code') or coupon['name'] or 'Discount'} ({words.coupon(coupon)})"


def tax_words(world: World, tax: dict[str, Any]) -> str:
    details = tax.get("tax_rate_details") or {}
    rate = world.get(details.get("tax_rate") or "") or {}
    name = rate.get("display_name") or "Tax"
    place = COUNTRIES.get(rate.get("country") or "", "")
    percent = f" {rate['percentage']:g}%" if rate.get("percentage") is not None else ""
    included = ", included" if tax.get("tax_behavior") == "inclusive" else ""
    return f"{name}{f' {place}' if place else ''}{percent}{included}"


def notes(invoice: dict[str, Any]) -> list[str]:
    reasons = {tax.get("taxability_reason") for tax in invoice["total_taxes"] or []}
    reverse = REVERSE if "reverse_charge" in reasons else None
    return [text for text in (invoice["description"], reverse, invoice["footer"]) if text]
