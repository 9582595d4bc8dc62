"""Tax ids of customers and of the account: checked as they are written, verified a little later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.words import WORDS
from stripe_sandbox.billing.customers.tax_id_formats import country_of, normal
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

TYPES = WORDS["tax_id_types"]
VERIFIED = ("au_abn", "eu_vat", "gb_vat")
"""Types that a government's register knows."""
FATES = {"000000000": "verified", "111111111": "unverified", "222222222": "pending"}
"""By the end of the number, as in Stripe's test mode; any other number is found."""
MOST = 5
DELAY = 60


def new_tax_id(world: World, customer: dict[str, Any] | None, type: str, value: str) -> dict[str, Any]:
    """Adds a tax id; without a customer it is the account's own. Raises for a wrong type or number."""
    kept = checked(type, value)
    owner = customer["id"] if customer else None
    if owner and len(world.where("tax_id", customer=owner)) >= MOST:
        raise InvalidRequest(f"A customer has at most {MOST} tax ids.", code="tax_id_limit_exceeded")
    tax_id = world.add(
        {
            "id": world.new_id("tax_id"),
            "object": "tax_id",
            "country": country_of(type, kept),
            "created": world.now(owner),
            "customer": owner,
            "customer_account": None,
            "livemode": False,
            "owner": {"customer": owner, "type": "customer"} if owner else {"type": "self"},
            "type": type,
            "value": kept,
            "verification": verification("pending" if type in VERIFIED else "unavailable"),
        }
    )
    if owner:
        world.emit("customer.tax_id.created", tax_id)
    return tax_id


def checked(type: str, value: str) -> str:
    if type not in TYPES or type == "unknown":
        raise InvalidRequest(f"Unknown type of tax id: {type}", param="type")
    kept = normal(type, value)
    if kept is None:
        raise InvalidRequest(f"Invalid value for {type}: {value}", code="tax_id_invalid", param="value")
    return kept


def verification(status: str) -> dict[str, Any]:
    name = "SANDBOX COMPANY" if status == "verified" else None
    return {"status": status, "verified_address": None, "verified_name": name}


def fate_of(tax_id: dict[str, Any]) -> str:
    return FATES.get(tax_id["value"][-9:], "verified")


def times(tax_id: dict[str, Any]) -> list[tuple[int, str]]:
    waits = tax_id["verification"]["status"] == "pending" and fate_of(tax_id) != "pending"
    return [(tax_id["created"] + DELAY, "verify_tax_id")] if waits else []


def verify_tax_id(world: World, tax_id: dict[str, Any]) -> None:
    with world.changing(tax_id, "customer.tax_id.updated"):
        tax_id["verification"] = verification(fate_of(tax_id))


def remove_tax_id(world: World, tax_id: dict[str, Any]) -> None:
    if tax_id["customer"]:
        world.emit("customer.tax_id.deleted", tax_id)
    world.remove(tax_id)
