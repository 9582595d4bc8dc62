"""Search, for the resources that have it."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.api.search import search


@route("GET /v1/charges/search")
def charges(call: Call) -> dict[str, Any]:
    return search(call, "charge")


@route("GET /v1/customers/search")
def customers(call: Call) -> dict[str, Any]:
    return search(call, "customer")


@route("GET /v1/invoices/search")
def invoices(call: Call) -> dict[str, Any]:
    return search(call, "invoice")


@route("GET /v1/payment_intents/search")
def payment_intents(call: Call) -> dict[str, Any]:
    return search(call, "payment_intent")


@route("GET /v1/prices/search")
def prices(call: Call) -> dict[str, Any]:
    return search(call, "price")


@route("GET /v1/products/search")
def products(call: Call) -> dict[str, Any]:
    return search(call, "product")


@route("GET /v1/subscriptions/search")
def subscriptions(call: Call) -> dict[str, Any]:
    return search(call, "subscription")
