"""Invoices: made by hand, looked at, changed while they are drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.api.expand import expand
from stripe_sandbox.api.pagination import cut, within
from stripe_sandbox.billing.amounts.totals import total_up
from stripe_sandbox.billing.invoices.draft_lines import release
from stripe_sandbox.billing.invoices.invoice_items import currency_of
from stripe_sandbox.billing.invoices.invoice_object import blank
from stripe_sandbox.billing.invoices.invoice_terms import set_terms, subscription_of_customer
from stripe_sandbox.billing.invoices.invoicing import announce, keep, set_lines, subscription_of, take_waiting
from stripe_sandbox.billing.subscriptions.subscribing import living_customer
from stripe_sandbox.errors import InvalidRequest, wrong_state
from stripe_sandbox.rendering import copy, page, public

if TYPE_CHECKING:
    pass


@route("GET /v1/invoices/{invoice}")
def retrieve(call: Call, invoice: str) -> dict[str, Any]:
    return call.world.find("invoice", invoice)


@route("GET /v1/invoices")
def list_invoices(call: Call) -> dict[str, Any]:
    found = call.asked_for("invoice", "customer", "status", "collection_method")
    if "subscription" in call.params:
        wanted = call.params["subscription"]
        found = [i for i in found if (subscription_of(call.world, i) or {}).get("id") == wanted]
    if "due_date" in call.params:
        wanted = call.params["due_date"]
        found = [invoice for invoice in found if within(invoice["due_date"], wanted, "due_date")]
    if not {"customer", "subscription"} & set(call.params):
        # Stripe leaves customers on test clocks out unless one is asked for
        found = [invoice for invoice in found if not invoice["test_clock"]]
    return call.page(found)


@route("POST /v1/invoices")
def create(call: Call) -> dict[str, Any]:
    """For a customer: without lines unless pending items are included; for a subscription: what waits."""
    world, params = call.world, call.params
    customer = living_customer(world, params)
    subscription = subscription_of_customer(world, customer, params)
    invoice = blank(world, customer, subscription, reason_of(subscription), world.now(customer["id"]))
    invoice["currency"] = currency_of(params, (subscription or customer)["currency"] or "usd")
    set_terms(world, invoice, {"auto_advance": False, **params})
    if subscription or params.get("pending_invoice_items_behavior") == "include":
        set_lines(invoice, take_waiting(world, customer, subscription, invoice))
    if subscription and not invoice["lines"]["data"]:
        message = "Nothing to invoice for subscription."
        raise InvalidRequest(message, code="invoice_no_subscription_line_items", param="subscription")
    total_up(world, invoice, customer)
    keep(world, invoice, customer)
    announce(world, invoice)
    return invoice


def reason_of(subscription: dict[str, Any] | None) -> str:
    return "subscription_update" if subscription else "manual"


@route("POST /v1/invoices/{invoice}")
def update(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    with call.world.changing(found, "invoice.updated"):
        set_terms(call.world, found, call.params)
        if found["status"] == "draft":
            total_up(call.world, found, call.world.find("customer", found["customer"]))
    return found


@route("DELETE /v1/invoices/{invoice}")
def delete(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    if found["status"] != "draft" or found["parent"]:
        message = "Only a draft that belongs to no subscription can be deleted."
        raise wrong_state(message, "invoice_not_editable", "invoice")
    release(call.world, found)
    call.world.emit("invoice.deleted", found)
    call.world.remove(found)
    return {"id": invoice, "object": "invoice", "_deleted": True}


@route("GET /v1/invoices/{invoice}/lines")
def list_lines(call: Call, invoice: str) -> dict[str, Any]:
    found = call.world.find("invoice", invoice)
    lines, has_more = cut(found["lines"]["data"], call.params)
    return expand(call.world, page(copy(public(lines)), call.path, has_more), call.get("expand") or [])
