"""Customers."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.billing.customers.customer_balance import adjust
from stripe_sandbox.billing.customers.customer_fields import fill
from stripe_sandbox.billing.customers.customer_object import living, new_customer
from stripe_sandbox.billing.customers.tax_ids import new_tax_id
from stripe_sandbox.billing.payments.payment_methods import attach, from_reference
from stripe_sandbox.billing.subscriptions.ending import cancel_now
from stripe_sandbox.billing.subscriptions.subscribing import ENDED


@route("POST /v1/customers")
def create(call: Call) -> dict[str, Any]:
    settings = call.get("invoice_settings") or {}
    default = settings.pop("default_payment_method", None)
    cards = [
        from_reference(call.world, call.params[name], name)
        for name in ("payment_method", "source")
        if call.get(name)
    ]
    customer = new_customer(call.world, call.params)
    for card in cards:
        attach(call.world, card, customer)
    if default:
        set_default(call, customer, default, cards)
    set_balance(call, customer, "initial")
    for entry in call.get("tax_id_data") or []:
        new_tax_id(call.world, customer, entry["type"], entry["value"])
    return customer


def set_default(call: Call, customer: dict[str, Any], default: str, cards: list[dict[str, Any]]) -> None:
    """A test token names the card that it just made."""
    same = cards and default == call.get("payment_method")
    named = cards[0]["id"] if same else default
    fill(call.world, customer, {"invoice_settings": {"default_payment_method": named}})


def set_balance(call: Call, customer: dict[str, Any], type: str) -> None:
    change = call.get("balance", customer["balance"]) - customer["balance"]
    if change:
        adjust(call.world, customer, change, type, customer["currency"] or "usd")


@route("GET /v1/customers/{customer}")
def retrieve(call: Call, customer: str) -> dict[str, Any]:
    return call.world.find("customer", customer)


@route("POST /v1/customers/{customer}")
def update(call: Call, customer: str) -> dict[str, Any]:
    found = living(call.world, customer)
    if call.get("source"):
        attach(call.world, from_reference(call.world, call.params["source"], "source"), found)
    with call.world.changing(found, "customer.updated"):
        fill(call.world, found, call.params)
    set_balance(call, found, "adjustment")
    return found


@route("DELETE /v1/customers/{customer}")
def delete(call: Call, customer: str) -> dict[str, Any]:
    """Subscriptions end at once; cards and tax ids go with the customer."""
    found = living(call.world, customer)
    for subscription in call.world.where("subscription", customer=customer):
        if subscription["status"] not in ENDED:
            cancel_now(call.world, subscription, reason=None)
    for method in call.world.where("payment_method", customer=customer):
        call.world.update(method, customer=None, _detached=True)
    for tax_id in call.world.where("tax_id", customer=customer):
        call.world.remove(tax_id)
    call.world.emit("customer.deleted", found)
    return call.world.update(found, _deleted=True)


@route("GET /v1/customers")
def list_customers(call: Call) -> dict[str, Any]:
    found = [
        customer
        for customer in call.asked_for("customer", "email", "test_clock")
        if not customer.get("_deleted")
    ]
    if "test_clock" not in call.params:
        # Stripe leaves customers on test clocks out unless one is asked for
        found = [customer for customer in found if not customer["test_clock"]]
    return call.page(found)
