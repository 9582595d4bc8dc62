"""Checkout's form beside the card: which fields a session asks for, what was typed, what is missing."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from stripe_sandbox.hosted.pages.cards import Fault

ADDRESS = ("country", "line1", "line2", "city", "state", "postal_code")
NAMES = (*ADDRESS, "phone", "business", "business_name", "tax_id_type", "tax_id", "promotions", "terms")
LONGEST = 255
EMPTY = {
    "country": "Choose a country.",
    "line1": "Write the street and number.",
    "city": "Write the city.",
    "postal_code": "Write the postal code.",
}


def asked(seen: dict[str, Any]) -> dict[str, Any]:
    """What the page shows: `address` is the names of its fields; the rest are yes or no."""
    session = seen["session"]
    consents = session["consent_collection"] or {}
    return {
        "address": asked_address(seen),
        "phone": session["phone_number_collection"]["enabled"],
        "business": session["tax_id_collection"]["enabled"],
        "business_required": session["tax_id_collection"]["required"] == "if_supported",
        "tax": session["automatic_tax"]["enabled"],
        "promotions": consents.get("promotions") == "auto",
        "terms": consents.get("terms_of_service") == "required",
        "custom_fields": [custom_field(entry) for entry in session["custom_fields"]],
    }


def custom_field(entry: dict[str, Any]) -> dict[str, Any]:
    if entry["type"] != "dropdown":
        return entry
    choices = [(option["value"], option["label"]) for option in entry["dropdown"]["options"]]
    return entry | {"dropdown": entry["dropdown"] | {"choices": choices}}


def asked_address(seen: dict[str, Any]) -> tuple[str, ...]:
    """All of it when the shop requires it; the country when a tax depends on it and it is not known."""
    session = seen["session"]
    if session["billing_address_collection"] == "required":
        return ADDRESS
    known = ((seen["customer"] or {}).get("address") or {}).get("country")
    depends = session["automatic_tax"]["enabled"] or session["tax_id_collection"]["enabled"]
    return ("country", "postal_code") if depends and not known else ()


def typed(values: MultiDict[str, str], seen: dict[str, Any]) -> dict[str, str]:
    """The fields as typed; before anything is, what the shop knows already."""
    names = [*NAMES, *(f"custom_{entry['key']}" for entry in seen["session"]["custom_fields"])]
    given = {name: values[name].strip()[:LONGEST] for name in names if name in values}
    return dict.fromkeys(names, "") | known(seen) | given


def known(seen: dict[str, Any]) -> dict[str, str]:
    address = (seen["session"]["customer_details"] or {}).get("address") or {}
    found = {name: address.get(name) or "" for name in ADDRESS}
    for entry in seen["session"]["custom_fields"]:
        found[f"custom_{entry['key']}"] = entry[entry["type"]].get("default_value") or ""
    return found


def address_of(form: dict[str, str], seen: dict[str, Any]) -> dict[str, Any] | None:
    """The typed address, once it has a country."""
    if not asked_address(seen) or not form.get("country"):
        return None
    return {name: form.get(name) or None for name in ADDRESS}


def missing(form: dict[str, str], seen: dict[str, Any]) -> Fault | None:
    """The first field that is needed and empty."""
    labels = needed(form, seen)
    empty = next((name for name in labels if not form.get(name)), None)
    return Fault(labels[empty], empty) if empty else None


def needed(form: dict[str, str], seen: dict[str, Any]) -> dict[str, str]:
    """Name of each field that may not stay empty, and what to say when it does."""
    ask = asked(seen)
    found = {"phone": "Write a phone number."} if ask["phone"] else {}
    found |= {name: EMPTY[name] for name in ask["address"] if name in EMPTY}
    if "line1" not in ask["address"]:
        found.pop("postal_code", None)
    if ask["business"] and (form.get("business") or ask["business_required"]):
        found |= {"business_name": "Write the name of the business.", "tax_id": "Write the tax number."}
    for entry in ask["custom_fields"]:
        if not entry["optional"]:
            found[f"custom_{entry['key']}"] = f"Fill in: {entry['label']['custom']}."
    return found | ({"terms": "Accept the terms to go on."} if ask["terms"] else {})


def arguments(form: dict[str, str], seen: dict[str, Any]) -> dict[str, Any]:
    """The form as `checkout_flow.complete` takes it."""
    ask = asked(seen)
    keys = [entry["key"] for entry in ask["custom_fields"]]
    found: dict[str, Any] = {
        "address": address_of(form, seen),
        "phone": form.get("phone") or None,
        "custom_fields": {key: form[f"custom_{key}"] for key in keys if form.get(f"custom_{key}")},
        "promotions": bool(form.get("promotions")),
        "terms_of_service": bool(form.get("terms")),
    }
    if ask["business"] and form.get("tax_id") and (form.get("business") or ask["business_required"]):
        found["business_name"] = form.get("business_name") or None
        found["tax_id"] = {"type": form.get("tax_id_type", ""), "value": form["tax_id"]}
    return found
