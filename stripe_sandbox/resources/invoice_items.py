"""Invoice items: one-off amounts that wait for the next invoice, or go onto a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.billing.invoices.draft_lines import editing, put_on, refresh, set_item, take_off
from stripe_sandbox.billing.invoices.invoice_items import (
    blank_item,
    currency_of,
    period_of_entry,
    price_of_entry,
)
from stripe_sandbox.billing.invoices.invoice_terms import subscription_of_customer
from stripe_sandbox.billing.subscriptions.subscribing import living_customer
from stripe_sandbox.errors import InvalidRequest, missing_parameter, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@route("POST /v1/invoiceitems")
def create(call: Call) -> dict[str, Any]:
    invoice = draft_for(call)
    customer = owner_of_item(call, invoice)
    item = new_item(call.world, customer, call.params, invoice)
    call.world.add(item)
    call.world.emit("invoiceitem.created", item)
    if invoice:
        with editing(call.world, invoice):
            put_on(call.world, invoice, item)
    return item


def draft_for(call: Call) -> dict[str, Any] | None:
    if not call.get("invoice"):
        return None
    invoice = call.world.find("invoice", call.params["invoice"], "invoice")
    if invoice["status"] != "draft":
        message = "An item can only be added to a draft invoice."
        raise wrong_state(message, "invoice_not_editable", "invoice")
    return invoice


def owner_of_item(call: Call, invoice: dict[str, Any] | None) -> dict[str, Any]:
    if not call.get("customer") and not invoice:
        raise missing_parameter("customer")
    given = call.get("customer") or (invoice or {})["customer"]
    if invoice and given != invoice["customer"]:
        raise InvalidRequest("The invoice belongs to another customer.", param="invoice")
    return living_customer(call.world, {"customer": given})


def new_item(
    world: World, customer: dict[str, Any], params: dict[str, Any], invoice: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Not added yet. A negative amount takes no discounts unless it is said to."""
    check_amount(params)
    subscription = subscription_of_customer(world, customer, params)
    now = world.now(customer["id"])
    fallback = (invoice or subscription or customer)["currency"] or "usd"
    params = with_price(world, params)
    currency = currency_of(params, params.pop("_currency", None) or fallback)
    item = blank_item(customer, 0, currency, period_of_entry(params, now)) | {"date": now}
    if subscription:
        details = {"subscription": subscription["id"]}
        item["parent"] = {"subscription_details": details, "type": "subscription_details"}
    set_item(world, item, {"quantity": 1, **params} if "quantity_decimal" not in params else params)
    if "discountable" not in params:
        item["discountable"] = item["amount"] >= 0
    return item


def check_amount(params: dict[str, Any]) -> None:
    """`amount` is the whole of it; a number of things has a price for each."""
    for name in ("quantity", "quantity_decimal"):
        if "amount" in params and name in params:
            raise InvalidRequest(f"Give one of `amount` and `{name}`, not both.", param=name)


def with_price(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """A price that is described in place is made once; a price decides the currency."""
    price = price_of_entry(world, params, "")
    if price is None:
        return dict(params)
    rest = {name: value for name, value in params.items() if name not in ("price", "price_data")}
    return {**rest, "pricing": {"price": price["id"]}, "_currency": price["currency"]}


@route("GET /v1/invoiceitems/{invoiceitem}")
def retrieve(call: Call, invoiceitem: str) -> dict[str, Any]:
    return call.world.find("invoiceitem", invoiceitem)


@route("POST /v1/invoiceitems/{invoiceitem}")
def update(call: Call, invoiceitem: str) -> dict[str, Any]:
    item = call.world.find("invoiceitem", invoiceitem)
    invoice = open_draft(call.world, item)
    call.world.touch(item)
    if invoice is None:
        set_item(call.world, item, call.params)
        return item
    with editing(call.world, invoice):
        set_item(call.world, item, call.params)
        refresh(call.world, invoice, item)
    return item


def open_draft(world: World, item: dict[str, Any]) -> dict[str, Any] | None:
    """The draft it is on, if any. Raises Stripe's error when its invoice is final."""
    invoice = world.get(item["invoice"] or "")
    if invoice and invoice["status"] != "draft":
        message = "This invoice item is on a finalized invoice."
        raise wrong_state(message, "invoice_not_editable", "invoiceitem")
    return invoice


@route("DELETE /v1/invoiceitems/{invoiceitem}")
def delete(call: Call, invoiceitem: str) -> dict[str, Any]:
    item = call.world.find("invoiceitem", invoiceitem)
    invoice = open_draft(call.world, item)
    if invoice:
        with editing(call.world, invoice):
            take_off(call.world, invoice, item, keep=False)
    else:
        call.world.emit("invoiceitem.deleted", item)
        call.world.remove(item)
    return {"id": invoiceitem, "object": "invoiceitem", "_deleted": True}


@route("GET /v1/invoiceitems")
def list_items(call: Call) -> dict[str, Any]:
    found = call.asked_for("invoiceitem", "customer", "invoice")
    if "pending" in call.params:
        found = [item for item in found if (item["invoice"] is None) == call.params["pending"]]
    return call.page(found)
