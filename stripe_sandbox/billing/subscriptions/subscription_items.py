"""The items of a subscription: added, changed, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import set_metadata, without_empty
from stripe_sandbox.billing.amounts.currencies import refuse_currency
from stripe_sandbox.billing.amounts.discounts import set_discounts
from stripe_sandbox.billing.amounts.periods import period_of, rhythm
from stripe_sandbox.billing.amounts.tax_rates import rates_named
from stripe_sandbox.billing.catalogue.products_and_prices import new_price
from stripe_sandbox.billing.invoices.invoice_lines import is_metered, price_of
from stripe_sandbox.errors import InvalidRequest, MissingObject, missing_parameter
from stripe_sandbox.ids import new_id

if TYPE_CHECKING:
    from stripe_sandbox.world import World

MOST_ITEMS = 20
SAME_INTERVAL = "All prices on a subscription must have the same interval; the sandbox does not mix them."


def add_item(
    world: World, subscription: dict[str, Any], entry: dict[str, Any], name: str, now: int
) -> dict[str, Any]:
    items = subscription["items"]["data"]
    price = usable_price(world, entry, name)
    refuse_currency(price, subscription["currency"], f"{name}[price]")
    for other in items:
        check_fit(price, price_of(world, other), name)
        refuse_same(price, price_of(world, other), name)
    item = blank_item(subscription, price, entry, name, now)
    set_item_terms(world, subscription, item, entry, subscription["currency"])
    items.append(item)
    return item


def blank_item(
    subscription: dict[str, Any], price: dict[str, Any], entry: dict[str, Any], name: str, now: int
) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": new_id("subscription_item"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": now,
        "current_period_start": now,
        "discounts": [],
        "metadata": without_empty(entry.get("metadata")),
        "price": price["id"],
        "quantity": quantity_of(price, entry, name),
        "subscription": subscription["id"],
        "tax_rates": [],
    }
    if item["quantity"] is None:
        del item["quantity"]
    return item


def set_item_terms(
    world: World, subscription: dict[str, Any], item: dict[str, Any], entry: dict[str, Any], currency: str
) -> None:
    """An item's own discounts and tax rates."""
    if "discounts" in entry:
        own = {"subscription_item": item["id"]}
        set_discounts(world, item, entry["discounts"], subscription["customer"], currency, **own)
    if "tax_rates" in entry:
        item["tax_rates"] = rates_named(world, entry["tax_rates"], "tax_rates")


def usable_price(world: World, entry: dict[str, Any], name: str) -> dict[str, Any]:
    if entry.get("price_data"):
        return inline_price(world, entry["price_data"])
    if not entry.get("price"):
        raise missing_parameter(f"{name}[price]")
    price = world.find("price", entry["price"], f"{name}[price]")
    if price["type"] != "recurring":
        message = f"The price {price['id']} is one-time; a subscription needs recurring prices."
        raise InvalidRequest(message, param=f"{name}[price]")
    if not price["active"] and not price.get("_inline"):
        raise InvalidRequest(f"The price {price['id']} is inactive.", param=f"{name}[price]")
    return price


def inline_price(world: World, given: dict[str, Any]) -> dict[str, Any]:
    """`price_data`: a price for these uses only, so the catalogue shows it as inactive."""
    return world.update(new_price(world, {**given, "active": False}), _inline=True)


def check_fit(price: dict[str, Any], other: dict[str, Any], name: str) -> None:
    if rhythm(price) != rhythm(other):
        raise InvalidRequest(SAME_INTERVAL, param=f"{name}[price]")


def refuse_same(price: dict[str, Any], other: dict[str, Any], name: str) -> None:
    if price["id"] == other["id"]:
        message = f"This subscription already has an item with the price {price['id']}."
        raise InvalidRequest(message, param=f"{name}[price]")


def quantity_of(price: dict[str, Any], entry: dict[str, Any], name: str) -> int | None:
    if is_metered(price):
        if "quantity" in entry:
            raise InvalidRequest("A metered price takes no quantity.", param=f"{name}[quantity]")
        return None
    quantity = entry.get("quantity", 1)
    if quantity < 0:
        raise InvalidRequest("Invalid quantity.", code="parameter_invalid_integer", param=f"{name}[quantity]")
    return int(quantity)


def set_items(world: World, subscription: dict[str, Any], given: list[dict[str, Any]], now: int) -> None:
    """`items[]` of an update: by id what is there, the others are new."""
    start, end = period_of(subscription)
    named = [(entry, f"items[{position}]") for position, entry in enumerate(given)]
    for entry, name in named:
        if "id" in entry:
            set_item(world, subscription, entry, name)
    for entry, name in named:
        if "id" not in entry:
            refuse_deletion(entry, name)
            item = add_item(world, subscription, entry, name, now)
            item["current_period_start"], item["current_period_end"] = start, end
    check_items(world, subscription)


def refuse_deletion(entry: dict[str, Any], name: str) -> None:
    if entry.get("deleted"):
        raise missing_parameter(f"{name}[id]")


def check_items(world: World, subscription: dict[str, Any]) -> None:
    items = subscription["items"]["data"]
    if not items:
        raise InvalidRequest("A subscription must keep at least one item.", param="items")
    if len(items) > MOST_ITEMS:
        raise InvalidRequest(f"A subscription has at most {MOST_ITEMS} items.", param="items")
    prices = [price_of(world, item) for item in items]
    if len({rhythm(price) for price in prices}) > 1:
        raise InvalidRequest(SAME_INTERVAL, param="items")
    if len({price["id"] for price in prices}) < len(prices):
        raise InvalidRequest("Two items of a subscription cannot have the same price.", param="items")


def set_item(world: World, subscription: dict[str, Any], entry: dict[str, Any], name: str) -> None:
    item = own_item(subscription, entry["id"], name)
    if entry.get("deleted"):
        subscription["items"]["data"].remove(item)
        return
    if entry.get("price") or entry.get("price_data"):
        set_price(world, subscription, item, entry, name)
    if "quantity" in entry:
        item["quantity"] = quantity_of(price_of(world, item), entry, name)
    set_metadata(item, entry.get("metadata"))
    set_item_terms(world, subscription, item, entry, subscription["currency"])


def own_item(subscription: dict[str, Any], item_id: str, name: str) -> dict[str, Any]:
    for item in subscription["items"]["data"]:
        if item["id"] == item_id:
            found: dict[str, Any] = item
            return found
    raise MissingObject("subscription item", item_id, f"{name}[id]", 400)


def set_price(
    world: World, subscription: dict[str, Any], item: dict[str, Any], entry: dict[str, Any], name: str
) -> None:
    price = usable_price(world, entry, name)
    refuse_currency(price, subscription["currency"], f"{name}[price]")
    item["price"] = price["id"]
    if is_metered(price):
        item.pop("quantity", None)
    else:
        item.setdefault("quantity", 1)
