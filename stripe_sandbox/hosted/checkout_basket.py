"""The basket of a Checkout session: quantities, promotion codes, amounts. Call with the world open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.billing.amounts.coupon_state import hindrance
from stripe_sandbox.billing.checkout.checkout_quote import read, refresh, write
from stripe_sandbox.billing.checkout.checkout_rules import check_quantity
from stripe_sandbox.errors import InvalidRequest, StripeError
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World

REFUSALS = {
    "over": "This code has expired.",
    "customer": "This code is not valid.",
    "first": "This code is for the first order only.",
    "amount": "This code needs a larger order.",
    "currency": "This code does not apply to this order.",
}
"""The page's words for what hinders a code."""


def set_quantity(world: World, session: dict[str, Any], item_id: str, quantity: int) -> None:
    item = next((entry for entry in session["_line_items"] if entry["id"] == item_id), None)
    if item is None:
        raise InvalidRequest("There is no such item on this page.", param="quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise InvalidRequest("Write the quantity in digits.", param="quantity")
    check_quantity(item, quantity, "quantity")
    world.touch(session)
    item["quantity"] = quantity
    refresh(world, session)


def redeem(world: World, session: dict[str, Any], word: str) -> None:
    """Case does not matter. A code that only other customers or larger orders may use is wrong here."""
    code = code_named(world, word) if session["allow_promotion_codes"] else None
    if code is None or code["customer"] not in (None, session["customer"]):
        raise wrong_code("This code is not valid.")
    why = hindrance(world, code, session["customer"], session["amount_subtotal"], session["currency"])
    if why:
        raise wrong_code(REFUSALS[why])
    set_discounts(world, session, [{"promotion_code": code["id"]}])
    try:
        refresh(world, session)
    except StripeError as error:
        raise wrong_code("This code does not apply to this order.") from error


def wrong_code(message: str) -> InvalidRequest:
    return InvalidRequest(message, code="promotion_code_invalid", param="promotion_code")


def code_named(world: World, word: str) -> dict[str, Any] | None:
    wanted = str(word).strip().lower()
    codes = (code for code in world.all("promotion_code") if code["code"].lower() == wanted)
    return next((code for code in codes if code["active"]), None)


def forget_code(world: World, session: dict[str, Any]) -> None:
    if session["allow_promotion_codes"]:
        set_discounts(world, session, [])
        refresh(world, session)


def set_discounts(world: World, session: dict[str, Any], entries: list[dict[str, str]]) -> None:
    world.touch(session)["_remembered"]["discounts"] = entries
    session["discounts"] = [{"coupon": None, **entry} for entry in entries]


def discount(world: World, session: dict[str, Any]) -> dict[str, Any] | None:
    """The session's coupon and, when it came by one, the promotion code's word."""
    for entry in session["discounts"] or []:
        code = world.get(entry["promotion_code"] or "")
        coupon = world.get(code["promotion"]["coupon"] if code else entry["coupon"] or "")
        if coupon:
            return {"coupon": world.render(coupon), "code": code["code"] if code else None}
    return None


def write_amounts(session: dict[str, Any], subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
    """What it came to: the first invoice's own amounts."""
    write(session, read(subscription, invoice))


def again(world: World, session: dict[str, Any]) -> dict[str, Any]:
    """The expired session once more, open."""
    now, fresh = world.now(session["customer"]), world.new_id("checkout.session")
    remembered, items = copy(session["_remembered"]), copy(session["_line_items"])
    rates = remembered.pop("tax_rates", {})
    for item in items:
        old, item["id"] = item["id"], world.new_id("item")
        if old in rates:
            remembered.setdefault("tax_rates", {})[item["id"]] = rates[old]
    codes = session["after_expiration"]["recovery"]["allow_promotion_codes"]
    found = copy(session) | {
        "id": fresh,
        "after_expiration": None,
        "allow_promotion_codes": codes or session["allow_promotion_codes"],
        "created": now,
        "expires_at": now + DAY,
        "recovered_from": session["id"],
        "status": "open",
        "url": f"{world.base_url}/checkout/{fresh}",
        "_line_items": items,
        "_remembered": remembered,
    }
    refresh(world, world.add(found))
    return found
