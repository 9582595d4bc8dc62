"""Whether a coupon or a promotion code can be redeemed just now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import InvalidRequest, MissingObject
from stripe_sandbox.rendering import derived

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def spent(redeemable: dict[str, Any]) -> bool:
    most = redeemable["max_redemptions"]
    return most is not None and redeemable["times_redeemed"] >= most


def coupon_valid(coupon: dict[str, Any], now: int) -> bool:
    late = coupon["redeem_by"] is not None and coupon["redeem_by"] <= now
    return not (coupon.get("_gone") or spent(coupon) or late)


@derived("coupon")
def shown_coupon(world: World, coupon: dict[str, Any]) -> dict[str, Any]:
    return {"valid": coupon_valid(coupon, world.now())}


@derived("promotion_code")
def shown_code(world: World, code: dict[str, Any]) -> dict[str, Any]:
    return {"active": code_active(world, code)}


def code_active(world: World, code: dict[str, Any]) -> bool:
    """Switched on, neither spent nor expired, and its coupon still valid."""
    now = world.now()
    coupon = world.get(code["promotion"]["coupon"])
    late = code["expires_at"] is not None and code["expires_at"] <= now
    return bool(
        code["active"] and not spent(code) and not late and coupon is not None and coupon_valid(coupon, now)
    )


def find_coupon(world: World, coupon_id: str, param: str | None = None) -> dict[str, Any]:
    """A coupon that was not deleted; a deleted one is kept only for the discounts that came of it."""
    found = world.find("coupon", coupon_id, param)
    if found.get("_gone"):
        raise MissingObject("coupon", coupon_id, param or "id", 400 if param else 404)
    return found


HINDRANCES = {
    "over": "This promotion code cannot be redeemed.",
    "customer": "This promotion code cannot be redeemed by this customer.",
    "first": "This promotion code cannot be redeemed because the customer has prior transactions.",
    "amount": "This promotion code cannot be redeemed because the order is below its minimum.",
    "currency": "This promotion code cannot be redeemed in the order's currency.",
}


def check_code(
    world: World,
    code: dict[str, Any],
    customer: str | None = None,
    amount: int | None = None,
    currency: str | None = None,
) -> None:
    """Raises when this customer may not redeem the code for an order of this amount."""
    why = hindrance(world, code, customer, amount, currency)
    if why:
        raise InvalidRequest(HINDRANCES[why], code="promotion_code_invalid", param="discounts")


def hindrance(
    world: World,
    code: dict[str, Any],
    customer: str | None = None,
    amount: int | None = None,
    currency: str | None = None,
) -> str | None:
    """Why the code cannot be redeemed, one of `HINDRANCES`. What is not known of an order is not asked."""
    if not code_active(world, code):
        return "over"
    if customer and code["customer"] not in (None, customer):
        return "customer"
    if code["restrictions"]["first_time_transaction"] and customer and has_bought(world, customer):
        return "first"
    if code["restrictions"]["minimum_amount"] is None:
        return None
    smallest = smallest_amount(code, currency)
    if smallest is None:
        return "currency"
    return "amount" if amount is not None and amount < smallest else None


def has_bought(world: World, customer: str) -> bool:
    """Stripe counts a finalized invoice as a transaction, paid or not."""
    invoices = world.where("invoice", customer=customer)
    charges = world.where("charge", customer=customer, status="succeeded")
    return bool(charges) or any(invoice["status"] not in ("draft", "void") for invoice in invoices)


def smallest_amount(code: dict[str, Any], currency: str | None) -> int | None:
    """Of a code that has a minimum; None in a currency that it has none for."""
    restrictions = code["restrictions"]
    if currency in (None, restrictions["minimum_amount_currency"]):
        return int(restrictions["minimum_amount"])
    option = code.get("_minimum_options", {}).get(currency)
    return None if option is None else int(option)
