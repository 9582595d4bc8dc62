"""A customer as it is first written down, and found again unless it was deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.customers.customer_fields import fill
from stripe_sandbox.errors import MissingObject
from stripe_sandbox.ids import letters

if TYPE_CHECKING:
    from stripe_sandbox.world import World

UNUSED = (
    "address",
    "currency",
    "default_source",
    "description",
    "discount",
    "email",
    "name",
    "phone",
    "shipping",
)


def new_customer(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """Adds a customer and says so; cards and tax ids come afterwards."""
    if params.get("test_clock"):
        world.find("test_helpers.test_clock", params["test_clock"], "test_clock")
    customer = world.add(blank(world, params.get("test_clock")))
    customer["created"] = world.now(customer["id"])
    fill(world, customer, params)
    world.emit("customer.created", customer)
    return customer


def blank(world: World, test_clock: str | None) -> dict[str, Any]:
    return {
        **dict.fromkeys(UNUSED),
        "id": world.new_id("customer"),
        "object": "customer",
        "balance": 0,
        "created": 0,
        "delinquent": False,
        "invoice_prefix": letters(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
        "test_clock": test_clock,
    }


def living(world: World, customer_id: str, param: str | None = None) -> dict[str, Any]:
    """Raises for a deleted customer as for one who never was; `param` is the parameter that names it."""
    customer = world.find("customer", customer_id, param)
    if customer.get("_deleted"):
        raise MissingObject("customer", customer_id, param or "id", 400 if param else 404)
    return customer
