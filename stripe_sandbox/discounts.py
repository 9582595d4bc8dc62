"""Coupons on an invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_sandbox import money
from stripe_sandbox.billing_cycle import shifted

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def discounted(world: World, invoice: dict[str, Any], subtotal: int) -> list[dict[str, Any]]:
    """What each discount takes off, never below zero."""
    parts, left = [], max(0, subtotal)
    for discount_id in invoice["discounts"]:
        discount = world.get(discount_id)
        coupon = world.get(discount["source"]["coupon"]) if discount else None
        if discount is None or coupon is None or over(discount, invoice):
            continue
        amount = min(left, share_off(coupon, subtotal))
        left -= amount
        parts.append({"amount": amount, "discount": discount_id})
    return parts


def share_off(coupon: dict[str, Any], subtotal: int) -> int:
    if coupon["amount_off"] is not None:
        return int(coupon["amount_off"])
    return money.whole(Decimal(max(0, subtotal)) * Decimal(str(coupon["percent_off"])) / 100)


def over(discount: dict[str, Any], invoice: dict[str, Any]) -> bool:
    return discount["end"] is not None and discount["end"] <= invoice["created"]


def new_discount(
    world: World,
    coupon: dict[str, Any],
    customer: str,
    subscription: str,
    start: int,
    promotion_code: str | None = None,
) -> dict[str, Any]:
    end = None
    if coupon["duration"] == "once":
        end = start + 1
    elif coupon["duration"] == "repeating":
        end = shifted(start, "month", coupon["duration_in_months"])
    world.update(coupon, times_redeemed=coupon["times_redeemed"] + 1)
    return world.add(
        {
            "id": "di_1" + world.new_id("coupon") + world.new_id("coupon"),
            "object": "discount",
            "checkout_session": None,
            "customer": customer,
            "customer_account": None,
            "end": end,
            "invoice": None,
            "invoice_item": None,
            "promotion_code": promotion_code,
            "source": {"coupon": coupon["id"], "type": "coupon"},
            "start": start,
            "subscription": subscription,
            "subscription_item": None,
        }
    )
