"""Coupons on an invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing import money
from stripe_sandbox.billing.billing_cycle import shifted
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def discounted(world: World, invoice: dict[str, Any]) -> list[dict[str, Any]]:
    """What each discount takes off the discountable lines, never below zero."""
    subtotal = sum(line["amount"] for line in invoice["lines"]["data"] if line["discountable"])
    parts, left = [], max(0, subtotal)
    for discount, coupon in running(world, invoice["discounts"], invoice["created"]):
        amount = min(left, share_off(coupon, subtotal))
        left -= amount
        parts.append({"amount": amount, "discount": discount["id"]})
    return parts


def running(world: World, discount_ids: list[str], at: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Discounts that count at this moment, each with its coupon."""
    found = [discount for discount in map(world.get, discount_ids) if discount]
    pairs = [
        (discount, world.get(discount["source"]["coupon"])) for discount in found if not over(discount, at)
    ]
    return [(discount, coupon) for discount, coupon in pairs if coupon]


def net_of_percent(world: World, discount_ids: list[str], amount: int, at: int) -> int:
    """A proration counts what was really paid: percentages off are in it, amounts off are not spread."""
    for _, coupon in running(world, discount_ids, at):
        if coupon["percent_off"] is not None:
            amount -= share_off(coupon, amount)
    return amount


def share_off(coupon: dict[str, Any], subtotal: int) -> int:
    if coupon["amount_off"] is not None:
        return int(coupon["amount_off"])
    return money.whole(Decimal(max(0, subtotal)) * Decimal(str(coupon["percent_off"])) / 100)


def over(discount: dict[str, Any], at: int) -> bool:
    return discount["end"] is not None and discount["end"] <= at


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
    if promotion_code:
        code = world.find("promotion_code", promotion_code)
        world.update(code, times_redeemed=code["times_redeemed"] + 1)
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


def coupon_of(world: World, entry: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The coupon that `discounts[]` names, itself or by a promotion code, and that code's id."""
    code = entry.get("promotion_code")
    if not code:
        return usable(world.find("coupon", entry.get("coupon", ""), "discounts"), world), None
    found = world.find("promotion_code", code, "discounts")
    spent = found["max_redemptions"] is not None and found["times_redeemed"] >= found["max_redemptions"]
    late = found["expires_at"] is not None and found["expires_at"] <= world.now()
    if not found["active"] or spent or late:
        raise InvalidRequest(
            "This promotion code cannot be redeemed.", code="promotion_code_invalid", param="discounts"
        )
    return usable(world.find("coupon", found["promotion"]["coupon"], "discounts"), world), found["id"]


def usable(coupon: dict[str, Any], world: World) -> dict[str, Any]:
    spent = coupon["max_redemptions"] is not None and coupon["times_redeemed"] >= coupon["max_redemptions"]
    late = coupon["redeem_by"] is not None and coupon["redeem_by"] <= world.now()
    if spent or late:
        raise InvalidRequest(
            "This coupon cannot be redeemed any more.", code="coupon_expired", param="discounts"
        )
    return coupon


def take_off(world: World, given: list[dict[str, Any]], subtotal: int) -> int:
    """What `discounts[]` would take off a first invoice."""
    left = subtotal
    for entry in given:
        left -= min(left, share_off(coupon_of(world, entry)[0], subtotal))
    return subtotal - left
