"""Invoice items: one-off amounts that wait for the next invoice."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing import money
from stripe_sandbox.billing.invoice_lines import pricing
from stripe_sandbox.errors import missing_parameter, wrong_state


@route("POST /v1/invoiceitems")
def create(call: Call) -> dict[str, Any]:
    if not call.get("customer"):
        raise missing_parameter("customer")
    customer = call.world.find("customer", call.params["customer"], "customer")
    price_id = (call.get("pricing") or {}).get("price")
    price = call.world.find("price", price_id, "pricing[price]") if price_id else None
    quantity = call.get("quantity", 1)
    if price is None and "amount" not in call.params:
        raise missing_parameter("amount")
    amount = money.amount(price, quantity) if price else call.params["amount"]
    now = call.world.now(customer["id"])
    subscription = call.get("subscription")
    details = {"subscription": subscription, "subscription_item": None}
    item = {
        "id": call.world.new_id("invoiceitem"),
        "object": "invoiceitem",
        "amount": amount,
        "currency": price["currency"] if price else call.get("currency", customer["currency"] or "usd"),
        "customer": customer["id"],
        "customer_account": None,
        "date": now,
        "description": call.get("description"),
        "discountable": call.get("discountable", True),
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": amount,
        "parent": {"subscription_details": details, "type": "subscription_details"} if subscription else None,
        "period": call.get("period") or {"start": now, "end": now},
        "pricing": pricing(price, money.text(money.unit_of(price))) if price else None,
        "proration": False,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "tax_rates": [],
        "test_clock": customer["test_clock"],
    }
    set_metadata(item, call.get("metadata"))
    call.world.add(item)
    call.world.emit("invoiceitem.created", item)
    return item


@route("GET /v1/invoiceitems/{invoiceitem}")
def retrieve(call: Call, invoiceitem: str) -> dict[str, Any]:
    return call.world.find("invoiceitem", invoiceitem)


@route("POST /v1/invoiceitems/{invoiceitem}")
def update(call: Call, invoiceitem: str) -> dict[str, Any]:
    item = call.world.find("invoiceitem", invoiceitem)
    call.world.touch(item)
    assign(item, call.params, "amount", "description", "discountable")
    set_metadata(item, call.get("metadata"))
    return item


@route("DELETE /v1/invoiceitems/{invoiceitem}")
def delete(call: Call, invoiceitem: str) -> dict[str, Any]:
    item = call.world.find("invoiceitem", invoiceitem)
    if item["invoice"]:
        raise wrong_state("This invoice item is on an invoice already.", param="invoiceitem")
    call.world.emit("invoiceitem.deleted", item)
    call.world.remove(item)
    return {"id": invoiceitem, "object": "invoiceitem", "_deleted": True}


@route("GET /v1/invoiceitems")
def list_items(call: Call) -> dict[str, Any]:
    found = call.world.all("invoiceitem")
    for name in ("customer", "invoice"):
        if name in call.params:
            found = [item for item in found if item[name] == call.params[name]]
    if "pending" in call.params:
        found = [item for item in found if (item["invoice"] is None) == call.params["pending"]]
    return call.page(found)
