"""`add_invoice_items`: one-time prices that go onto a subscription's next invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import without_empty
from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.currencies import in_currency, refuse_currency
from stripe_sandbox.billing.amounts.discounts import set_discounts
from stripe_sandbox.billing.amounts.periods import period_of
from stripe_sandbox.billing.amounts.tax_rates import rates_named
from stripe_sandbox.billing.invoices.invoice_items import blank_item, refuse_recurring
from stripe_sandbox.billing.invoices.invoice_lines import name_of, pricing
from stripe_sandbox.billing.subscriptions.subscription_items import inline_price
from stripe_sandbox.errors import InvalidRequest, missing_parameter

if TYPE_CHECKING:
    from stripe_sandbox.world import World

MOST = 20


def add_one_off_items(world: World, subscription: dict[str, Any], given: list[dict[str, Any]]) -> None:
    if len(given) > MOST:
        raise InvalidRequest(f"At most {MOST} invoice items can be added.", param="add_invoice_items")
    for position, entry in enumerate(given):
        add_one_off_item(world, subscription, entry, f"add_invoice_items[{position}]")


def one_time_price(world: World, entry: dict[str, Any], currency: str | None, name: str) -> dict[str, Any]:
    if not entry.get("price") and not entry.get("price_data"):
        raise missing_parameter(f"{name}[price]")
    price = (
        inline_price(world, entry["price_data"])
        if entry.get("price_data")
        else world.find("price", entry["price"], f"{name}[price]")
    )
    refuse_recurring(price, f"{name}[price]")
    if currency:
        refuse_currency(price, currency, f"{name}[price]")
    return in_currency(price, currency)


def add_one_off_item(
    world: World, subscription: dict[str, Any], entry: dict[str, Any], name: str
) -> dict[str, Any]:
    price = one_time_price(world, entry, subscription["currency"], name)
    quantity = entry.get("quantity", 1)
    item = of_price(world, subscription, price, quantity, span_of(world, subscription, entry.get("period")))
    item["discountable"] = entry.get("discountable", True)
    item["metadata"] = without_empty(entry.get("metadata"))
    item["tax_rates"] = rates_named(world, entry.get("tax_rates"), f"{name}[tax_rates]")
    world.add(item)
    if entry.get("discounts"):
        own = {"invoice_item": item["id"]}
        set_discounts(world, item, entry["discounts"], item["customer"], item["currency"], **own)
    world.emit("invoiceitem.created", item)
    return item


def span_of(world: World, subscription: dict[str, Any], given: dict[str, Any] | None) -> dict[str, int]:
    now = world.now(subscription["customer"])
    if not given:
        return {"start": now, "end": now}
    start, end = period_of(subscription)
    starts = {"timestamp": given["start"].get("timestamp", now), "max_item_period_start": start}
    ends = {"timestamp": given["end"].get("timestamp", end), "min_item_period_end": end, "phase_end": end}
    span = {"start": starts.get(given["start"]["type"], now), "end": ends[given["end"]["type"]]}
    if span["end"] < span["start"]:
        raise InvalidRequest("`period.start` must not lie after `period.end`.", param="add_invoice_items")
    return span


def of_price(
    world: World, subscription: dict[str, Any], price: dict[str, Any], quantity: int, period: dict[str, int]
) -> dict[str, Any]:
    customer = world.find("customer", subscription["customer"])
    details = {"subscription": subscription["id"]}
    return blank_item(customer, money.amount(price, quantity), price["currency"], period) | {
        "date": world.now(customer["id"]),
        "description": name_of(world, price),
        "parent": {"subscription_details": details, "type": "subscription_details"},
        "pricing": pricing(price, money.text(money.unit_of(price))),
        "quantity": quantity,
        "quantity_decimal": str(quantity),
    }
