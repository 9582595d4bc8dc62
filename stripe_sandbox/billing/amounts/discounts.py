"""Discounts: a coupon taken for a subscription, an item, an invoice or a line; begun, used up, ended.

What they take off an invoice is in `discount_amounts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.billing_cycle import shifted
from stripe_sandbox.billing.amounts.coupon_state import check_code, coupon_valid, find_coupon
from stripe_sandbox.errors import InvalidRequest, missing_parameter
from stripe_sandbox.ids import letters

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Pair = tuple[dict[str, Any], dict[str, Any]]


def running(world: World, discount_ids: list[str], at: int) -> list[Pair]:
    """Discounts that count at this moment, each with its coupon (a deleted coupon's runs on)."""
    found = [discount for discount in map(world.get, discount_ids) if discount]
    pairs = [(discount, coupon_behind(world, discount)) for discount in found if not over(discount, at)]
    return [(discount, coupon) for discount, coupon in pairs if coupon]


def coupon_behind(world: World, discount: dict[str, Any]) -> dict[str, Any] | None:
    """The terms as they were taken: deleting a coupon does not end the discounts that came of it."""
    return discount.get("_coupon") or world.get(discount["source"]["coupon"])


def over(discount: dict[str, Any], at: int) -> bool:
    return discount["end"] is not None and discount["end"] <= at


def net_of_percent(world: World, discount_ids: list[str], amount: int, at: int) -> int:
    """An amount after the percentages that run at this moment; amounts off are not spread."""
    for _, coupon in running(world, discount_ids, at):
        if coupon["percent_off"] is not None:
            amount -= money.percent_of(amount, coupon["percent_off"])
    return amount


def amount_off(coupon: dict[str, Any], currency: str) -> int:
    """The coupon's fixed amount in this currency; nothing in a currency it does not know."""
    if coupon["currency"] in (None, currency):
        return int(coupon["amount_off"] or 0)
    option = (coupon.get("currency_options") or {}).get(currency) or {}
    return int(option.get("amount_off") or 0)


def share_off(coupon: dict[str, Any], subtotal: int, currency: str) -> int:
    """What the coupon takes off an amount, which may be more than there is."""
    if coupon["percent_off"] is not None:
        return money.percent_of(max(0, subtotal), coupon["percent_off"])
    return amount_off(coupon, currency)


def coupon_of(
    world: World,
    entry: dict[str, Any],
    customer: str | None = None,
    amount: int | None = None,
    currency: str | None = None,
) -> tuple[dict[str, Any], str | None]:
    """The coupon that `discounts[]` names, itself or by a promotion code, and that code's id.

    A code may ask who redeems it and for how much; what is not known here is not asked.
    """
    code = entry.get("promotion_code")
    if not code:
        if not entry.get("coupon"):
            raise missing_parameter("discounts[coupon]")
        return usable(find_coupon(world, entry["coupon"], "discounts"), world), None
    found = world.find("promotion_code", code, "discounts")
    check_code(world, found, customer, amount, currency)
    return usable(find_coupon(world, found["promotion"]["coupon"], "discounts"), world), found["id"]


def usable(coupon: dict[str, Any], world: World) -> dict[str, Any]:
    if not coupon_valid(coupon, world.now()):
        raise InvalidRequest(
            "This coupon cannot be redeemed any more.", code="coupon_expired", param="discounts"
        )
    return coupon


def check_currency(coupon: dict[str, Any], currency: str | None) -> None:
    if currency and coupon["amount_off"] is not None and not amount_off(coupon, currency):
        message = f"The coupon {coupon['id']} takes off {coupon['currency']}; this is billed in {currency}."
        raise InvalidRequest(message, param="discounts")


def set_discounts(
    world: World,
    owner: dict[str, Any],
    given: list[dict[str, Any]] | str | None,
    customer: str,
    currency: str | None = None,
    **belongs: str,
) -> None:
    """`discounts[]` replaces what the owner has: `discount` keeps one of them, the others begin now.

    `belongs` says on what: `subscription`, `subscription_item`, `invoice`, `invoice_item`.
    """
    before = list(owner["discounts"])
    entries = given if isinstance(given, list) else []
    amount = ordered(world, owner) if entries else None
    owner["discounts"] = [
        taken(world, entry, before, (customer, amount, currency), belongs) for entry in entries
    ]
    for gone in before:
        if gone not in owner["discounts"]:
            end_discount(world, gone)


def ordered(world: World, owner: dict[str, Any]) -> int | None:
    """What a period of a subscription costs, or what an invoice adds up to; None where there is no sum."""
    if owner["object"] == "invoice":
        return int(owner["subtotal"]) or None
    if owner["object"] != "subscription":
        return None
    priced = [(world.get(item["price"]), item.get("quantity") or 0) for item in owner["items"]["data"]]
    return sum(money.amount(price, quantity) for price, quantity in priced if price)


def taken(
    world: World,
    entry: dict[str, Any],
    before: list[str],
    order: tuple[str, int | None, str | None],
    belongs: dict[str, str],
) -> str:
    """`order`: who orders, for how much, in which currency."""
    kept = entry.get("discount")
    if kept:
        world.find("discount", kept, "discounts")
        if kept not in before:
            raise InvalidRequest(f"{kept} is no discount of this object.", param="discounts")
        return str(kept)
    customer, _, currency = order
    coupon, code = coupon_of(world, entry, *order)
    check_currency(coupon, currency)
    start = world.now(customer)
    return str(new_discount(world, coupon, customer, start, code, **belongs)["id"])


def new_discount(
    world: World,
    coupon: dict[str, Any],
    customer: str,
    start: int,
    promotion_code: str | None = None,
    **belongs: str,
) -> dict[str, Any]:
    """Redeems the coupon (and the code): it counts, is noted with its terms, and is told to listeners."""
    redeem(world, coupon, promotion_code)
    repeats = coupon["duration"] == "repeating"
    discount = {
        "id": f"di_1{letters(23)}",
        "object": "discount",
        "checkout_session": None,
        "customer": customer,
        "customer_account": None,
        "end": shifted(start, "month", coupon["duration_in_months"]) if repeats else None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": promotion_code,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": start,
        "subscription": None,
        "subscription_item": None,
        **belongs,
        "_coupon": dict(coupon),
    }
    world.add(discount)
    if on_subscription(discount):
        world.emit("customer.discount.created", discount)
    return discount


def on_subscription(discount: dict[str, Any]) -> bool:
    """Events tell of a customer's lasting discounts, not of those of one invoice."""
    return bool(discount["subscription"] or discount["subscription_item"])


def redeem(world: World, coupon: dict[str, Any], promotion_code: str | None) -> None:
    world.update(coupon, times_redeemed=coupon["times_redeemed"] + 1)
    if promotion_code:
        code = world.find("promotion_code", promotion_code)
        world.update(code, times_redeemed=code["times_redeemed"] + 1)


def end_discount(world: World, discount_id: str) -> None:
    """Said once. The discount itself stays known: invoices of the past name it."""
    discount = world.get(discount_id)
    if discount and not discount.get("_ended"):
        world.update(discount, _ended=True)
        if on_subscription(discount):
            world.emit("customer.discount.deleted", discount)


def use_up(world: World, subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
    """A real invoice takes what counts once, and what ran out by time goes as well."""
    world.touch(subscription)
    used = {part["discount"] for part in invoice["total_discount_amounts"] if part["amount"]}
    for owner in (subscription, *subscription["items"]["data"]):
        for discount_id in list(owner["discounts"]):
            if is_finished(world, discount_id, used, invoice["created"]):
                owner["discounts"] = [other for other in owner["discounts"] if other != discount_id]
                end_discount(world, discount_id)


def is_finished(world: World, discount_id: str, used: set[str], at: int) -> bool:
    discount = world.get(discount_id)
    coupon = coupon_behind(world, discount) if discount else None
    if discount is None or coupon is None:
        return False
    return over(discount, at) or (coupon["duration"] == "once" and discount_id in used)
