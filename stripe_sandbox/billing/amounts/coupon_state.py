"""Whether a coupon or a promotion code can be redeemed just now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import InvalidRequest, MissingObject

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def spent(redeemable: dict[str, Any]) -> bool:
    most = redeemable["max_redemptions"]
    return most is not None and redeemable["times_redeemed"] >= most


def coupon_valid(coupon: dict[str, Any], now: int) -> bool:
    late = coupon["redeem_by"] is not None and coupon["redeem_by"] <= now
    return not (coupon.get("_gone") or spent(coupon) or late)


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


def cannot(why: str) -> InvalidRequest:
    message = f"This promotion code cannot be redeemed{why}."
    return InvalidRequest(message, code="promotion_code_invalid", param="discounts")


def check_code(
    world: World,
    code: dict[str, Any],
    customer: str | None = None,
    amount: int | None = None,
    currency: str | None = None,
) -> None:
    """Raises when this customer may not redeem the code for an order of this amount."""
    if not code_active(world, code):
        raise cannot("")
    if customer and code["customer"] not in (None, customer):
        raise cannot(" by this customer")
    if code["restrictions"]["first_time_transaction"] and customer and has_bought(world, customer):
        raise cannot(" because the customer has prior transactions")
    smallest = smallest_amount(code, currency)
    if smallest is not None and amount is not None and amount < smallest:
        raise cannot(f" because the order is below {smallest} {currency}")


def has_bought(world: World, customer: str) -> bool:
    """Stripe counts a finalized invoice as a transaction, paid or not."""
    invoices = world.where("invoice", customer=customer)
    charges = world.where("charge", customer=customer, status="succeeded")
    return bool(charges) or any(invoice["status"] not in ("draft", "void") for invoice in invoices)


def smallest_amount(code: dict[str, Any], currency: str | None) -> int | None:
    restrictions = code["restrictions"]
    if restrictions["minimum_amount"] is None:
        return None
    if currency in (None, restrictions["minimum_amount_currency"]):
        return int(restrictions["minimum_amount"])
    option = code.get("_minimum_options", {}).get(currency)
    if option is None:
        raise cannot(f" in {currency}")
    return int(option)
