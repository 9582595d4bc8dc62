"""The lines of a draft, while they can still change: invoice items put on it, changed and taken off."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import assign, set_metadata
from stripe_sandbox.billing.amounts.discounts import set_discounts
from stripe_sandbox.billing.amounts.tax_rates import rates_named
from stripe_sandbox.billing.amounts.totals import total_up
from stripe_sandbox.billing.invoices.invoice_items import named, period_of_entry, priced
from stripe_sandbox.billing.invoices.invoice_lines import pending_line
from stripe_sandbox.billing.invoices.invoicing import subscription_of
from stripe_sandbox.errors import InvalidRequest, MissingObject, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World

MOST_LINES = 250
PRICED = {
    "amount",
    "price",
    "price_data",
    "pricing",
    "quantity",
    "quantity_decimal",
    "unit_amount",
    "unit_amount_decimal",
}


@contextlib.contextmanager
def editing(world: World, invoice: dict[str, Any]) -> Iterator[None]:
    """Change a draft's lines; it is reckoned anew and says so. Raises Stripe's error for a final one."""
    if invoice["status"] != "draft":
        message = "The lines of a finalized invoice cannot change."
        raise wrong_state(message, "invoice_not_editable", "invoice")
    with world.changing(invoice, "invoice.updated"):
        yield
        if len(invoice["lines"]["data"]) > MOST_LINES:
            raise InvalidRequest(f"An invoice has at most {MOST_LINES} lines.", param="lines")
        total_up(world, invoice, world.find("customer", invoice["customer"]))


def set_item(world: World, item: dict[str, Any], given: dict[str, Any], at: str = "") -> None:
    """What a caller says of an invoice item; a new amount keeps what is not said of it."""
    if PRICED & set(given):
        check_negotiable(item, given, at)
        kept = {"quantity_decimal": item["quantity_decimal"]}
        if not {"quantity", "quantity_decimal"} & set(given):
            given = {**kept, **given}
        if not (PRICED - {"quantity", "quantity_decimal"}) & set(given):
            given = {**price_kept(item), **given}
        item.update(priced(world, given, item["currency"], at))
    item["net_amount"] = item["amount"]
    set_terms(world, item, given, at, item, item["date"])
    if "tax_rates" in given:
        item["tax_rates"] = rates_named(world, given["tax_rates"], named(at, "tax_rates"))


def set_terms(
    world: World, line: dict[str, Any], given: dict[str, Any], at: str, owner: dict[str, Any], began: int
) -> None:
    """What an item and a plan's line take alike. `owner` has the customer and the currency."""
    assign(line, given, "description", "discountable")
    set_metadata(line, given.get("metadata"))
    if "period" in given:
        line["period"] = period_of_entry(given, began, at)
    if "discounts" in given:
        own = {"invoice_item": line["id"]}
        set_discounts(world, line, given["discounts"], owner["customer"], owner["currency"], **own)


def check_negotiable(item: dict[str, Any], given: dict[str, Any], at: str) -> None:
    if item["proration"]:
        name = sorted(PRICED & set(given))[0]
        raise InvalidRequest("A proration's amount cannot be changed.", param=named(at, name))


def price_kept(item: dict[str, Any]) -> dict[str, Any]:
    """A new quantity of the same thing; a new item is of nothing yet."""
    if not item["pricing"]:
        return {}
    details = item["pricing"].get("price_details")
    if details:
        return {"pricing": {"price": details["price"]}}
    return {"unit_amount_decimal": item["pricing"]["unit_amount_decimal"]}


def put_on(world: World, invoice: dict[str, Any], item: dict[str, Any]) -> None:
    """Inside `editing`: the item's line comes last."""
    if item["currency"] != invoice["currency"]:
        message = f"The invoice is in {invoice['currency']}, the item in {item['currency']}."
        raise InvalidRequest(message, param="currency")
    world.update(item, invoice=invoice["id"])
    line = pending_line(world, subscription_of(world, invoice), item)
    line["invoice"] = invoice["id"]
    invoice["lines"]["data"].append(line)


def refresh(world: World, invoice: dict[str, Any], item: dict[str, Any]) -> None:
    """Inside `editing`: the item's line says again what the item says."""
    lines = invoice["lines"]["data"]
    for position, line in enumerate(lines):
        if item_named(line) == item["id"]:
            fresh = pending_line(world, subscription_of(world, invoice), item)
            lines[position] = fresh | {"id": line["id"], "invoice": invoice["id"]}


def take_off(world: World, invoice: dict[str, Any], item: dict[str, Any], keep: bool) -> None:
    """Inside `editing`: the item goes back to wait, or is deleted."""
    lines = invoice["lines"]["data"]
    invoice["lines"]["data"] = [line for line in lines if item_named(line) != item["id"]]
    if keep:
        world.update(item, invoice=None)
        return
    world.emit("invoiceitem.deleted", item)
    world.remove(item)


def release(world: World, invoice: dict[str, Any]) -> None:
    """The items of a deleted draft wait again."""
    for item in world.where("invoiceitem", invoice=invoice["id"]):
        world.update(item, invoice=None)


def line_of(invoice: dict[str, Any], line_id: str, param: str) -> dict[str, Any]:
    for line in invoice["lines"]["data"]:
        if line["id"] == line_id:
            found: dict[str, Any] = line
            return found
    raise MissingObject("invoice line item", line_id, param, 400)


def item_named(line: dict[str, Any]) -> str | None:
    parent = line["parent"] or {}
    details = parent.get("invoice_item_details") or parent.get("subscription_item_details") or {}
    return details.get("invoice_item")


def item_of(world: World, line: dict[str, Any]) -> dict[str, Any] | None:
    """The invoice item behind a line; a subscription's own lines have none."""
    return world.get(item_named(line) or "")


def change_line(
    world: World, invoice: dict[str, Any], line: dict[str, Any], given: dict[str, Any], at: str = ""
) -> None:
    """Inside `editing`. What lives on the item, too, changes there."""
    if given.get("tax_amounts"):
        message = "The sandbox takes `tax_rates`, not `tax_amounts`."
        raise InvalidRequest(message, param=named(at, "tax_amounts"))
    item = item_of(world, line)
    if item:
        set_item(world, world.touch(item), given, at)
        refresh(world, invoice, item)
        return
    if PRICED & set(given):
        name = sorted(PRICED & set(given))[0]
        message = "What a subscription's line costs is changed on the subscription."
        raise InvalidRequest(message, param=named(at, name))
    change_plan_line(world, invoice, line, given, at)


def change_plan_line(
    world: World, invoice: dict[str, Any], line: dict[str, Any], given: dict[str, Any], at: str
) -> None:
    set_terms(world, line, given, at, invoice, invoice["created"])
    if "tax_rates" in given:
        line["_tax_rates"] = rates_named(world, given["tax_rates"], named(at, "tax_rates"))
