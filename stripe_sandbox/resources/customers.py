"""Customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.ending import cancel_now
from stripe_sandbox.errors import MissingObject
from stripe_sandbox.ids import letters
from stripe_sandbox.resources.payment_methods import attach, from_reference

if TYPE_CHECKING:
    from stripe_sandbox.world import World

FIELDS = (
    "address",
    "balance",
    "business_name",
    "description",
    "email",
    "individual_name",
    "invoice_prefix",
    "name",
    "next_invoice_sequence",
    "phone",
    "preferred_locales",
    "shipping",
    "tax_exempt",
)
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def new_customer(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if params.get("test_clock"):
        world.find("test_helpers.test_clock", params["test_clock"], "test_clock")
    customer: dict[str, Any] = {
        "id": world.new_id("customer"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": letters(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": params.get("test_clock"),
    }
    world.add(customer)
    customer["created"] = world.now(customer["id"])
    fill(world, customer, params)
    world.emit("customer.created", customer)
    return customer


def fill(world: World, customer: dict[str, Any], params: dict[str, Any]) -> None:
    assign(customer, params, *FIELDS)
    for name in ("preferred_locales",):
        customer[name] = customer[name] or []
    if params.get("address"):
        customer["address"] = {part: params["address"].get(part) for part in ADDRESS}
    set_metadata(customer, params.get("metadata"))
    settings = params.get("invoice_settings") or {}
    if settings.get("default_payment_method"):
        method = world.find("payment_method", settings["default_payment_method"], DEFAULT_CARD)
        if method["customer"] != customer["id"]:
            message = f"The customer does not have a payment method with the ID {method['id']}."
            raise MissingObject(message, method["id"], DEFAULT_CARD, 400)
    assign(customer["invoice_settings"], settings, "default_payment_method", "footer", "custom_fields")


DEFAULT_CARD = "invoice_settings[default_payment_method]"


def living(call: Call, customer: str) -> dict[str, Any]:
    found = call.world.find("customer", customer)
    if found.get("_deleted"):
        raise MissingObject("customer", customer)
    return found


@route("POST /v1/customers")
def create(call: Call) -> dict[str, Any]:
    settings = call.get("invoice_settings") or {}
    method = from_reference(call.world, call.params["payment_method"]) if call.get("payment_method") else None
    source = from_reference(call.world, call.params["source"], "source") if call.get("source") else None
    later = settings.pop("default_payment_method", None)
    customer = new_customer(call.world, call.params)
    for card in (method, source):
        if card:
            attach(call.world, card, customer)
    if later and method and later in (method["id"], call.params["payment_method"]):
        customer["invoice_settings"]["default_payment_method"] = method["id"]
    elif later:
        fill(call.world, customer, {"invoice_settings": {"default_payment_method": later}})
    return customer


@route("GET /v1/customers/{customer}")
def retrieve(call: Call, customer: str) -> dict[str, Any]:
    return call.world.find("customer", customer)


@route("POST /v1/customers/{customer}")
def update(call: Call, customer: str) -> dict[str, Any]:
    found = living(call, customer)
    with call.world.changing(found, "customer.updated"):
        fill(call.world, found, call.params)
    return found


@route("DELETE /v1/customers/{customer}")
def delete(call: Call, customer: str) -> dict[str, Any]:
    found = living(call, customer)
    for subscription in call.world.where("subscription", customer=customer):
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            cancel_now(call.world, subscription, reason=None)
    call.world.emit("customer.deleted", found)
    return call.world.update(found, _deleted=True)


@route("GET /v1/customers")
def list_customers(call: Call) -> dict[str, Any]:
    found = [customer for customer in call.world.all("customer") if not customer.get("_deleted")]
    if "email" in call.params:
        found = [customer for customer in found if customer["email"] == call.params["email"]]
    if "test_clock" in call.params:
        found = [customer for customer in found if customer["test_clock"] == call.params["test_clock"]]
    else:
        # Stripe leaves customers on test clocks out unless one is asked for
        found = [customer for customer in found if not customer["test_clock"]]
    return call.page(found)


@route("GET /v1/customers/{customer}/payment_methods")
def list_payment_methods(call: Call, customer: str) -> dict[str, Any]:
    call.world.find("customer", customer)
    found = call.world.where("payment_method", customer=customer)
    if "type" in call.params:
        found = [method for method in found if method["type"] == call.params["type"]]
    return call.page(found)


@route("GET /v1/customers/{customer}/payment_methods/{payment_method}")
def retrieve_payment_method(call: Call, customer: str, payment_method: str) -> dict[str, Any]:
    found = call.world.find("payment_method", payment_method)
    if found["customer"] != customer:
        raise MissingObject("PaymentMethod", payment_method)
    return found


@route("GET /v1/customers/{customer}/tax_ids")
def list_tax_ids(call: Call, customer: str) -> dict[str, Any]:
    call.world.find("customer", customer)
    return call.page([])


@route("GET /v1/customers/{customer}/balance_transactions")
def list_balance_transactions(call: Call, customer: str) -> dict[str, Any]:
    call.world.find("customer", customer)
    return call.page([])
