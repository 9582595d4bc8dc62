"""A Checkout session as it is first written down, subject by subject."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.rendering import copy

TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
BRANDING: dict[str, Any] = {
    "background_color": "#ffffff",
    "border_style": "rounded",
    "button_color": "#0f6b4f",
    "display_name": "Sandbox",
    "font_family": "default",
    "icon": None,
    "logo": None,
}


def new_session(session_id: str, params: dict[str, Any], now: int) -> dict[str, Any]:
    """Open and without amounts: `checkout_quote.refresh` writes them."""
    session: dict[str, Any] = {"id": session_id, "object": "checkout.session", "created": now}
    for part in (selling, addresses, asking, about_customer, about_payment, not_here):
        session |= part(params, now)
    return session


def selling(params: dict[str, Any], now: int) -> dict[str, Any]:
    """What is sold, for how much, and until when."""
    return {
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "amount_subtotal": 0,
        "amount_total": 0,
        "automatic_tax": automatic_tax(params),
        "client_reference_id": params.get("client_reference_id"),
        "currency": None,
        "discounts": [],
        "expires_at": params.get("expires_at", now + DAY),
        "livemode": False,
        "metadata": {},
        "mode": "subscription",
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


def automatic_tax(params: dict[str, Any]) -> dict[str, Any]:
    given = params.get("automatic_tax") or {}
    enabled = given.get("enabled", False)
    return {
        "enabled": enabled,
        "liability": given.get("liability") or ({"type": "self"} if enabled else None),
        "provider": "stripe" if enabled else None,
        "status": None,
    }


def addresses(params: dict[str, Any], now: int) -> dict[str, Any]:
    """Where the customer comes from and goes to, and how the page looks and speaks."""
    return {
        "after_expiration": after_expiration(params),
        "branding_settings": BRANDING | (params.get("branding_settings") or {}),
        "cancel_url": params.get("cancel_url"),
        "custom_text": custom_text(params.get("custom_text") or {}),
        "locale": params.get("locale"),
        "origin_context": params.get("origin_context"),
        "submit_type": params.get("submit_type"),
        "success_url": params.get("success_url"),
        "ui_mode": params.get("ui_mode", "hosted_page"),
        "url": None,
    }


def after_expiration(params: dict[str, Any]) -> dict[str, Any] | None:
    recovery = (params.get("after_expiration") or {}).get("recovery")
    if not recovery:
        return None
    shown = {"allow_promotion_codes": recovery.get("allow_promotion_codes", False), "expires_at": None}
    return {"recovery": {**shown, "enabled": recovery["enabled"], "url": None}}


def custom_text(given: dict[str, Any]) -> dict[str, Any]:
    return {name: {"message": given[name]["message"]} if given.get(name) else None for name in TEXTS}


def asking(params: dict[str, Any], now: int) -> dict[str, Any]:
    """What the page asks the customer beside the card."""
    tax_id = params.get("tax_id_collection") or {}
    found: dict[str, Any] = {
        "billing_address_collection": params.get("billing_address_collection"),
        "consent": None,
        "consent_collection": consent_collection(params.get("consent_collection")),
        "custom_fields": [custom_field(field) for field in params.get("custom_fields") or []],
        "phone_number_collection": {
            "enabled": (params.get("phone_number_collection") or {}).get("enabled", False)
        },
        "tax_id_collection": {
            "enabled": tax_id.get("enabled", False),
            "required": tax_id.get("required", "never"),
        },
    }
    if params.get("name_collection"):
        found["name_collection"] = {
            kind: {"enabled": asked["enabled"], "optional": asked.get("optional", False)}
            for kind, asked in params["name_collection"].items()
        }
    return found


def consent_collection(given: dict[str, Any] | None) -> dict[str, Any] | None:
    names = ("payment_method_reuse_agreement", "promotions", "terms_of_service")
    return {name: given.get(name) for name in names} if given else None


def custom_field(given: dict[str, Any]) -> dict[str, Any]:
    kind = given["type"]
    details = given.get(kind) or {}
    shown: dict[str, Any] = {"default_value": details.get("default_value"), "value": None}
    if kind == "dropdown":
        shown["options"] = copy(details["options"])
    else:
        shown |= {name: details.get(name) for name in ("maximum_length", "minimum_length")}
    return {
        kind: shown,
        "key": given["key"],
        "label": {"custom": given["label"]["custom"], "type": "custom"},
        "optional": given.get("optional", False),
        "type": kind,
    }


def about_customer(params: dict[str, Any], now: int) -> dict[str, Any]:
    return {
        "collected_information": None,
        "customer": params.get("customer"),
        "customer_account": None,
        "customer_creation": None if params.get("customer") else "always",
        "customer_details": None,
        "customer_email": params.get("customer_email"),
    }


def about_payment(params: dict[str, Any], now: int) -> dict[str, Any]:
    saved = params.get("saved_payment_method_options") or {}
    card = (params.get("payment_method_options") or {}).get("card") or {}
    return {
        "invoice": None,
        "payment_intent": None,
        "payment_method_collection": params.get("payment_method_collection", "always"),
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"} | card},
        "payment_method_types": params.get("payment_method_types") or ["card"],
        "payment_status": "unpaid",
        "saved_payment_method_options": {
            "allow_redisplay_filters": saved.get("allow_redisplay_filters", ["always"]),
            "payment_method_remove": saved.get("payment_method_remove", "disabled"),
            "payment_method_save": saved.get("payment_method_save"),
        },
        "setup_intent": None,
        "subscription": None,
    }


def not_here(params: dict[str, Any], now: int) -> dict[str, Any]:
    """What Stripe answers, too, and the sandbox's Checkout never has."""
    names = (
        "adaptive_pricing",
        "client_secret",
        "currency_conversion",
        "invoice_creation",
        "payment_link",
        "payment_method_configuration_details",
        "permissions",
        "recovered_from",
        "shipping_address_collection",
        "shipping_cost",
        "wallet_options",
    )
    shown: dict[str, Any] = {
        "integration_identifier": params.get("integration_identifier"),
        "shipping_options": [],
    }
    return dict.fromkeys(names) | shown


def line_item(
    item_id: str, entry: dict[str, Any], price: dict[str, Any], product: dict[str, Any]
) -> dict[str, Any]:
    """One thing in the basket; its amounts are written by `checkout_quote.refresh`."""
    return {
        "id": item_id,
        "object": "item",
        "adjustable_quantity": adjustable(entry.get("adjustable_quantity")),
        "amount_discount": 0,
        "amount_subtotal": 0,
        "amount_tax": 0,
        "amount_total": 0,
        "currency": price["currency"],
        "description": product.get("name"),
        "metadata": dict(entry.get("metadata") or {}),
        "price": price["id"],
        "quantity": entry.get("quantity"),
    }


def adjustable(given: dict[str, Any] | None) -> dict[str, Any] | None:
    if not given or not given["enabled"]:
        return None
    return {"enabled": True, "maximum": given.get("maximum", 99), "minimum": given.get("minimum", 0)}


def blank_details() -> dict[str, Any]:
    names = ("address", "business_name", "email", "individual_name", "name", "phone", "tax_ids")
    return {**dict.fromkeys(names), "tax_exempt": "none"}
