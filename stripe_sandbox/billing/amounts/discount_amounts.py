"""What discounts take off an invoice: line by line, each of what the one before left, never below zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.discounts import running, share_off

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Line = dict[str, Any]


def take_discounts(world: World, invoice: dict[str, Any]) -> None:
    """Fills `discount_amounts` and `total_discount_amounts`: a line's own first, then the invoice's."""
    lines, at = invoice["lines"]["data"], moment_of(invoice)
    for line in lines:
        line["discount_amounts"] = []
    for line in lines:
        for discount, coupon in running(world, line["discounts"], at):
            take(discount, coupon, [line], invoice["currency"])
    for discount, coupon in running(world, invoice["discounts"], at):
        take(discount, coupon, lines, invoice["currency"])
    invoice["total_discount_amounts"] = totals(lines)


def moment_of(invoice: dict[str, Any]) -> int:
    """When the invoice is made: a renewal that is only previewed will be made as its period begins."""
    if invoice["billing_reason"] == "subscription_cycle":
        return max(int(invoice["created"]), int(invoice["period_end"]))
    return int(invoice["created"])


def take(discount: dict[str, Any], coupon: dict[str, Any], lines: list[Line], currency: str) -> None:
    """One discount on the lines it applies to, in proportion to what is left of each."""
    fit = [line for line in lines if line["discountable"] and applies(coupon, line)]
    base = max(0, sum(left_of(line) for line in fit))
    amount = min(base, share_off(coupon, base, currency))
    parts = money.spread(amount, [max(0, left_of(line)) for line in fit])
    for line, part in zip(fit, parts, strict=True):
        line["discount_amounts"].append({"amount": part, "discount": discount["id"]})


def applies(coupon: dict[str, Any], line: Line) -> bool:
    """A coupon may be for some products only."""
    products = (coupon.get("applies_to") or {}).get("products")
    details = (line["pricing"] or {}).get("price_details") or {}
    return not products or details.get("product") in products


def left_of(line: Line) -> int:
    return int(line["amount"]) - off(line)


def off(line: Line) -> int:
    return sum(part["amount"] for part in line["discount_amounts"])


def own_off(line: Line) -> int:
    """By the line's own discounts; the invoice's subtotal has these in it already."""
    return sum(part["amount"] for part in line["discount_amounts"] if part["discount"] in line["discounts"])


def totals(lines: list[Line]) -> list[dict[str, Any]]:
    found: dict[str, int] = {}
    for line in lines:
        for part in line["discount_amounts"]:
            found[part["discount"]] = found.get(part["discount"], 0) + part["amount"]
    return [{"amount": amount, "discount": discount} for discount, amount in found.items()]
