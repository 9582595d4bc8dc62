"""What may stand in a customer, and how it is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import assign, set_metadata
from stripe_sandbox.billing.amounts.tax_places import TAXES, place_of
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

PLAIN = ("address", "description", "email", "name", "next_invoice_sequence", "phone", "shipping")
NAMES = ("business_name", "individual_name")
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
MOST_FIELDS = 4
FIELDS = "invoice_settings[custom_fields]"
DEFAULT_CARD = "invoice_settings[default_payment_method]"
PREFIX = re.compile(r"[A-Z0-9]{3,12}")


def fill(world: World, customer: dict[str, Any], params: dict[str, Any]) -> None:
    """Everything but the balance, whose moves have transactions of their own."""
    check(world, customer, params)
    assign(customer, params, *PLAIN)
    set_names(customer, params)
    if params.get("address"):
        customer["address"] = whole_address(params["address"])
    if params.get("shipping"):
        customer["shipping"] = whole_shipping(params["shipping"])
    if "preferred_locales" in params:
        customer["preferred_locales"] = params["preferred_locales"] or []
    if "tax_exempt" in params:
        customer["tax_exempt"] = params["tax_exempt"] or "none"
    if params.get("invoice_prefix"):
        customer["invoice_prefix"] = params["invoice_prefix"]
    set_metadata(customer, params.get("metadata"))
    set_invoice_settings(world, customer, params.get("invoice_settings") or {})
    check_place(customer, params.get("tax") or {})


def check(world: World, customer: dict[str, Any], params: dict[str, Any]) -> None:
    email = params.get("email")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise InvalidRequest(f"Invalid email address: {email}", code="email_invalid", param="email")
    sequence = params.get("next_invoice_sequence")
    if sequence is not None and sequence < 1:
        message = "The next invoice number is at least 1."
        raise InvalidRequest(message, code="parameter_invalid_integer", param="next_invoice_sequence")
    country = (params.get("address") or {}).get("country")
    if country and not re.fullmatch(r"[A-Za-z]{2}", country):
        raise InvalidRequest(f"Country '{country}' is unknown.", param="address[country]")
    check_prefix(world, customer, params.get("invoice_prefix"))


def check_prefix(world: World, customer: dict[str, Any], prefix: str | None) -> None:
    if prefix is None:
        return
    if not PREFIX.fullmatch(prefix):
        message = "An invoice prefix is 3 to 12 capital letters or digits."
        raise InvalidRequest(message, param="invoice_prefix")
    if any(other["id"] != customer["id"] for other in world.where("customer", invoice_prefix=prefix)):
        raise InvalidRequest(f"The prefix {prefix} is another customer's.", param="invoice_prefix")


def set_names(customer: dict[str, Any], params: dict[str, Any]) -> None:
    """Stripe leaves these two out of a customer who has none."""
    for name in NAMES:
        if params.get(name):
            customer[name] = params[name]
        elif name in params:
            customer.pop(name, None)


def whole_address(given: dict[str, Any]) -> dict[str, Any]:
    return {part: given.get(part) for part in ADDRESS}


def whole_shipping(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "address": whole_address(given["address"]),
        "name": given["name"],
        "phone": given.get("phone"),
    }


def set_invoice_settings(world: World, customer: dict[str, Any], given: dict[str, Any]) -> None:
    settings = customer["invoice_settings"]
    if given.get("default_payment_method"):
        own_method(world, customer, given["default_payment_method"], DEFAULT_CARD)
    assign(settings, given, "default_payment_method", "footer")
    if "custom_fields" in given:
        settings["custom_fields"] = custom_fields(given["custom_fields"], FIELDS)
    if "rendering_options" in given:
        options = given["rendering_options"] or None
        settings["rendering_options"] = options and {
            name: options.get(name) or None for name in ("amount_tax_display", "template")
        }


def custom_fields(given: Any, param: str) -> list[dict[str, str]] | None:
    """What the printed invoice shows besides, of a customer or of one invoice."""
    if not given:
        return None
    wrong = not isinstance(given, list) or any(
        not isinstance(entry, dict) or set(entry) != {"name", "value"} for entry in given
    )
    if wrong or len(given) > MOST_FIELDS:
        message = f"`custom_fields` are up to {MOST_FIELDS} pairs of `name` and `value`."
        raise InvalidRequest(message, param=param)
    return [{"name": str(entry["name"]), "value": str(entry["value"])} for entry in given]


def check_place(customer: dict[str, Any], tax: dict[str, Any]) -> None:
    """`tax[validate_location]=immediately` refuses an address that no tax can be found for."""
    if tax.get("validate_location") != "immediately":
        return
    if place_of(customer) not in TAXES:
        message = "The customer's location is not recognized. Set a valid address."
        raise InvalidRequest(message, code="customer_tax_location_invalid", param="address")


def own_method(
    world: World, customer: dict[str, Any], method_id: str | None, param: str = "default_payment_method"
) -> str | None:
    """The id of a card that this customer keeps; raises for another one."""
    if not method_id:
        return None
    method = world.find("payment_method", method_id, param)
    if method["customer"] != customer["id"]:
        message = f"The customer does not have a payment method with the ID {method_id}."
        raise InvalidRequest(message, code="resource_missing", param=param)
    return method_id
