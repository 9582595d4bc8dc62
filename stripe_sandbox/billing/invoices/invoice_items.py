"""Invoice items: amounts of their own, that wait for an invoice or stand on a draft."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.catalogue.price_rules import known_currency
from stripe_sandbox.billing.catalogue.products_and_prices import new_price
from stripe_sandbox.errors import InvalidRequest, missing_parameter
from stripe_sandbox.ids import new_id

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Given = dict[str, Any]


def blank_item(
    customer: dict[str, Any], amount: int, currency: str, period: dict[str, int]
) -> dict[str, Any]:
    return {
        "id": new_id("invoiceitem"),
        "object": "invoiceitem",
        "amount": amount,
        "currency": currency,
        "customer": customer["id"],
        "customer_account": None,
        "date": period["start"],
        "description": None,
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": amount,
        "parent": None,
        "period": period,
        "pricing": None,
        "proration": False,
        "quantity": 1,
        "quantity_decimal": "1",
        "tax_rates": [],
        "test_clock": customer["test_clock"],
    }


def priced(world: World, given: Given, currency: str, at: str = "") -> dict[str, Any]:
    """What an entry costs: by its price, its unit amount or its amount, whichever is given.

    `at` is where the entry stands in the parameters, for errors: `lines[0]`.
    """
    count = quantity_of(given, at)
    shown = {"quantity": int(count), "quantity_decimal": money.text(count)}
    price = price_of_entry(world, given, at)
    if price:
        same_currency(price["currency"], currency, at)
        whole = count == int(count)
        amount = money.amount(price, int(count)) if whole else money.whole(money.unit_of(price) * count)
        details = {"price": price["id"], "product": price["product"]}
        unit = {"price_details": details, "type": "price_details"}
        unit["unit_amount_decimal"] = money.text(money.unit_of(price))
        return shown | {"amount": amount, "pricing": unit, "_tax_behavior": price["tax_behavior"]}
    unit_amount = unit_amount_of(given, count, at)
    amount = given["amount"] if "amount" in given else money.whole(unit_amount * count)
    unit = {"type": "price_details", "unit_amount_decimal": money.text(unit_amount)}
    return shown | {"amount": amount, "pricing": unit, "_tax_behavior": given.get("tax_behavior")}


def quantity_of(given: Given, at: str) -> Decimal:
    if "quantity" in given and "quantity_decimal" in given:
        message = "Only one of `quantity` and `quantity_decimal` may be given."
        raise InvalidRequest(message, param=named(at, "quantity_decimal"))
    count = decimal_in(given, "quantity_decimal" if "quantity_decimal" in given else "quantity", at, "1")
    if count < 0:
        message = "The quantity must be 0 or more."
        raise InvalidRequest(message, code="parameter_invalid_integer", param=named(at, "quantity"))
    return count


def unit_amount_of(given: Given, count: Decimal, at: str) -> Decimal:
    for name in ("unit_amount_decimal", "unit_amount"):
        if name in given:
            return decimal_in(given, name, at, "0")
    if "amount" not in given:
        raise missing_parameter(named(at, "amount"))
    return (Decimal(given["amount"]) / (count or 1)).quantize(Decimal("1e-12")).normalize()


def decimal_in(given: Given, name: str, at: str, default: str) -> Decimal:
    """A decimal text with at most 12 places, as Stripe takes them."""
    try:
        value = Decimal(str(given.get(name, default)))
    except InvalidOperation:
        value = Decimal("NaN")
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -12 or abs(value) >= 10**15:
        raise InvalidRequest(f"Invalid decimal: {given[name]}", param=named(at, name))
    return value


def price_of_entry(world: World, given: Given, at: str) -> dict[str, Any] | None:
    """A one-time price, named or described in place."""
    name = (given.get("pricing") or {}).get("price") or given.get("price")
    if given.get("price_data"):
        return new_price(world, described(given["price_data"], named(at, "price_data")))
    if not name:
        return None
    param = named(at, "price" if given.get("price") else "pricing[price]")
    price = world.find("price", name, param)
    refuse_recurring(price, param)
    return price


def refuse_recurring(price: dict[str, Any], param: str) -> None:
    if price["type"] != "one_time":
        message = f"The price {price['id']} is recurring; an invoice item needs a one-time price."
        raise InvalidRequest(message, param=param)


def described(given: Any, at: str) -> dict[str, Any]:
    """`price_data`: a price for this use only, so it is not active."""
    if not isinstance(given, dict):
        raise InvalidRequest(f"Invalid object: {at}", param=at)
    for part in ("currency", "product"):
        if not given.get(part) and not given.get(f"{part}_data"):
            raise missing_parameter(f"{at}[{part}]")
    if given.get("recurring"):
        raise InvalidRequest("An invoice item's price is a one-time price.", param=f"{at}[recurring]")
    return {**given, "active": False}


def same_currency(own: str, currency: str, at: str) -> None:
    if own != currency:
        message = f"This is billed in {currency}; an amount in {own} cannot be on it."
        raise InvalidRequest(message, param=named(at, "currency"))


def named(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name


def currency_of(given: Given, fallback: str) -> str:
    return known_currency(given["currency"]) if given.get("currency") else fallback


def period_of_entry(given: Given, now: int, at: str = "") -> dict[str, int]:
    period = given.get("period") or {"start": now, "end": now}
    if period["end"] < period["start"]:
        message = "`period[start]` must not lie after `period[end]`."
        raise InvalidRequest(message, param=named(at, "period[start]"))
    return {"start": period["start"], "end": period["end"]}
