"""Changing the lines of a draft invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route, set_metadata
from stripe_sandbox.api.expand import expand
from stripe_sandbox.billing.invoices.draft_lines import (
    change_line,
    editing,
    item_of,
    line_of,
    put_on,
    set_item,
    take_off,
)
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.rendering import copy, public
from stripe_sandbox.resources.invoice_items import new_item

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@route("POST /v1/invoices/{invoice}/add_lines")
def add_lines(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    with editing(call.world, found):
        for position, entry in enumerate(call.params["lines"]):
            add_line(call.world, found, entry, f"lines[{position}]")
        set_metadata(found, call.get("invoice_metadata"))
    return found


def add_line(world: World, invoice: dict[str, Any], entry: dict[str, Any], at: str) -> None:
    """A waiting invoice item by its id, or a new one."""
    if entry.get("tax_amounts"):
        message = "The sandbox takes `tax_rates`, not `tax_amounts`."
        raise InvalidRequest(message, param=f"{at}[tax_amounts]")
    if entry.get("invoice_item"):
        put_on(world, invoice, waiting_item(world, invoice, entry, at))
        return
    customer = world.find("customer", invoice["customer"])
    item = world.add(new_item(world, customer, entry, invoice))
    world.emit("invoiceitem.created", item)
    put_on(world, invoice, item)


def waiting_item(world: World, invoice: dict[str, Any], entry: dict[str, Any], at: str) -> dict[str, Any]:
    item = world.find("invoiceitem", entry["invoice_item"], f"{at}[invoice_item]")
    if item["customer"] != invoice["customer"] or item["invoice"]:
        message = "Only an item that waits for an invoice of this customer can be added."
        raise InvalidRequest(message, param=f"{at}[invoice_item]")
    set_item(world, world.touch(item), {k: v for k, v in entry.items() if k != "invoice_item"}, at)
    return item


@route("POST /v1/invoices/{invoice}/update_lines")
def update_lines(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    with editing(call.world, found):
        for position, entry in enumerate(call.params["lines"]):
            at = f"lines[{position}]"
            line = line_of(found, entry["id"], f"{at}[id]")
            change_line(call.world, found, line, without_id(entry), at)
        set_metadata(found, call.get("invoice_metadata"))
    return found


@route("POST /v1/invoices/{invoice}/lines/{line_item_id}")
def update_line(call: Call, invoice: str, line_item_id: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    with editing(call.world, found):
        change_line(call.world, found, line_of(found, line_item_id, "line_item_id"), call.params)
    shown = copy(public([line_of(found, line_item_id, "line_item_id")]))[0]
    return {"_finished": expand(call.world, shown, call.get("expand") or [])}


@route("POST /v1/invoices/{invoice}/remove_lines")
def remove_lines(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    with editing(call.world, found):
        for position, entry in enumerate(call.params["lines"]):
            remove_line(call.world, found, entry, f"lines[{position}]")
        set_metadata(found, call.get("invoice_metadata"))
    return found


def remove_line(world: World, invoice: dict[str, Any], entry: dict[str, Any], at: str) -> None:
    item = item_of(world, line_of(invoice, entry["id"], f"{at}[id]"))
    if item is None:
        message = "A subscription's own line cannot be taken off its invoice."
        raise InvalidRequest(message, param=f"{at}[id]")
    take_off(world, invoice, item, keep=entry["behavior"] == "unassign")


def without_id(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "id"}
