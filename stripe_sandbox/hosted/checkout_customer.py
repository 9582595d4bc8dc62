"""What the customer types at Checkout beside the card, checked, and where it is kept.

A refusal is an InvalidRequest whose `param` names the field: the page shows it there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.checkout.checkout_object import blank_details
from stripe_sandbox.billing.checkout.checkout_quote import stores
from stripe_sandbox.billing.customers.customer_fields import whole_address
from stripe_sandbox.billing.customers.customer_object import new_customer
from stripe_sandbox.billing.customers.tax_ids import new_tax_id
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.hosted.countries import COUNTRIES
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@dataclass(frozen=True)
class Typed:
    """The form; what was left empty is None or empty."""

    name: str = ""
    email: str | None = None
    phone: str | None = None
    address: dict[str, Any] | None = None
    business_name: str | None = None
    tax_id: dict[str, str] | None = None
    custom_fields: dict[str, str] = field(default_factory=dict)
    promotions: bool | None = None
    terms_of_service: bool | None = None


def check(session: dict[str, Any], typed: Typed) -> None:
    """Raises InvalidRequest for what the session does not ask for or cannot be right."""
    country = (typed.address or {}).get("country")
    if typed.address is not None and country not in COUNTRIES:
        raise InvalidRequest("Choose a country.", param="country")
    if session["automatic_tax"]["enabled"] and not (country or known_country(session)):
        raise InvalidRequest("Choose a country: the tax depends on it.", param="country")
    if typed.tax_id and not session["tax_id_collection"]["enabled"]:
        raise InvalidRequest("This session does not collect tax ids.", param="tax_id")
    if typed.phone and not session["phone_number_collection"]["enabled"]:
        raise InvalidRequest("This session does not collect phone numbers.", param="phone")
    known = {entry["key"] for entry in session["custom_fields"]}
    for key in set(typed.custom_fields) - known:
        raise InvalidRequest(f"This session has no custom field `{key}`.", param=f"custom_{key}")
    for entry in session["custom_fields"]:
        check_custom(entry, typed.custom_fields.get(entry["key"], ""))


def known_country(session: dict[str, Any]) -> str | None:
    address = (session["customer_details"] or {}).get("address") or {}
    found: str | None = address.get("country")
    return found


def check_custom(entry: dict[str, Any], value: str) -> None:
    if not value:
        return
    kind, param = entry["type"], f"custom_{entry['key']}"
    details, label = entry[kind], entry["label"]["custom"]
    if kind == "dropdown":
        if value not in [option["value"] for option in details["options"]]:
            raise InvalidRequest(f"{label}: choose one of the list.", param=param)
        return
    if kind == "numeric" and not (value.isascii() and value.isdigit()):
        raise InvalidRequest(f"{label}: digits only.", param=param)
    least, most = details["minimum_length"] or 0, details["maximum_length"] or 255
    if not least <= len(value) <= most:
        raise InvalidRequest(f"{label}: {least} to {most} characters.", param=param)


def settle(world: World, session: dict[str, Any], typed: Typed) -> dict[str, Any]:
    """The session's customer, made or brought up to date; the session tells what was collected."""
    check(session, typed)
    customer = world.get(session["customer"] or "")
    if customer is None or customer.get("_deleted"):
        customer = make(world, session, typed)
    else:
        bring_up_to_date(world, session, customer, typed)
    collect_tax_id(world, customer, typed)
    world.touch(session)
    session |= {
        "customer": customer["id"],
        "customer_details": details(world, session, customer, typed),
        "collected_information": {
            "business_name": typed.business_name,
            "individual_name": None,
            "shipping_details": None,
        },
    }
    keep_answers(session, typed)
    return customer


def make(world: World, session: dict[str, Any], typed: Typed) -> dict[str, Any]:
    given = {
        "email": typed.email or session["customer_email"],
        "name": typed.business_name or typed.name or None,
        "phone": typed.phone or None,
    }
    return new_customer(world, given | ({"address": typed.address} if typed.address else {}))


def bring_up_to_date(world: World, session: dict[str, Any], customer: dict[str, Any], typed: Typed) -> None:
    """`customer_update[name]` and `[address]` say whether what was typed is kept; a phone number is."""
    changes: dict[str, Any] = {}
    if stores(session, "name") and (typed.business_name or typed.name):
        changes["name"] = typed.business_name or typed.name
    if stores(session, "address") and typed.address:
        changes["address"] = whole_address(typed.address)
    if typed.phone:
        changes["phone"] = typed.phone
    if any(customer[name] != value for name, value in changes.items()):
        with world.changing(customer, "customer.updated"):
            customer.update(changes)


def collect_tax_id(world: World, customer: dict[str, Any], typed: Typed) -> None:
    if typed.tax_id:
        new_tax_id(world, customer, typed.tax_id.get("type", ""), typed.tax_id.get("value", ""))


def details(world: World, session: dict[str, Any], customer: dict[str, Any], typed: Typed) -> dict[str, Any]:
    before = blank_details() | (session["customer_details"] or {})
    address = whole_address(typed.address) if typed.address else before["address"]
    tax_ids = world.where("tax_id", customer=customer["id"])
    return before | {
        "address": address,
        "business_name": typed.business_name,
        "email": typed.email or customer["email"],
        "name": typed.business_name or typed.name or customer["name"],
        "phone": typed.phone or before["phone"],
        "tax_exempt": customer["tax_exempt"],
        "tax_ids": [{"type": tax_id["type"], "value": tax_id["value"]} for tax_id in tax_ids],
    }


def keep_answers(session: dict[str, Any], typed: Typed) -> None:
    """Consents and custom fields, where the shop reads them."""
    for entry in session["custom_fields"]:
        entry[entry["type"]]["value"] = typed.custom_fields.get(entry["key"]) or None
    asked = session["consent_collection"]
    if asked:
        session["consent"] = {
            "promotions": None if not asked["promotions"] else "opt_in" if typed.promotions else "opt_out",
            "terms_of_service": "accepted" if asked["terms_of_service"] == "required" else None,
        }


def as_typed(data: dict[str, Any]) -> Typed:
    """The control API's JSON, with a sentence for what cannot be read."""
    for name in ("address", "tax_id", "custom_fields"):
        texts = data.get(name) or {}
        if not isinstance(texts, dict) or not all(isinstance(v, str | None) for v in texts.values()):
            raise InvalidRequest(f"{name} is an object of texts.", param=name)
    for name in ("name", "email", "phone", "business_name"):
        if not isinstance(data.get(name) or "", str):
            raise InvalidRequest(f"{name} is a text.", param=name)
    found: Typed = Typed(**{name: copy(value) for name, value in data.items() if value is not None})
    return found
