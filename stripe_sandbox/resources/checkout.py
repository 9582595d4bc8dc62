"""Checkout sessions (subscription mode)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route, set_metadata
from stripe_sandbox.billing import money
from stripe_sandbox.billing.billing_cycle import DAY, HOUR
from stripe_sandbox.billing.discounts import take_off
from stripe_sandbox.billing.subscribing import check_fit, trial_until, usable_price
from stripe_sandbox.errors import InvalidRequest, MissingObject, missing_parameter, wrong_state
from stripe_sandbox.rendering import copy, page

if TYPE_CHECKING:
    from stripe_sandbox.world import World

REMEMBERED = ("subscription_data", "customer_update", "discounts")


@route("POST /v1/checkout/sessions")
def create(call: Call) -> dict[str, Any]:
    world, params = call.world, call.params
    check(world, params)
    session_id = world.new_id("checkout.session")
    items = [line_item(world, entry, f"line_items[{n}]") for n, entry in enumerate(params["line_items"])]
    for item in items[1:]:
        check_fit(world.find("price", item["price"]), world.find("price", items[0]["price"]), "line_items")
    now = world.now(params.get("customer"))
    data = params.get("subscription_data") or {}
    trial = trial_until(data, now)
    subtotal = 0 if trial else sum(item["amount_subtotal"] for item in items)
    discounts = params.get("discounts") or []
    off = take_off(world, discounts, subtotal)
    session = blank(params, now) | {
        "id": session_id,
        "amount_subtotal": subtotal,
        "amount_total": subtotal - off,
        "currency": items[0]["currency"],
        "customer_details": customer_details(world, params),
        "discounts": [
            {"coupon": entry.get("coupon"), "promotion_code": entry.get("promotion_code")}
            for entry in discounts
        ],
        "total_details": {"amount_discount": off, "amount_shipping": 0, "amount_tax": 0},
        "url": f"{world.base_url}/checkout/{session_id}",
        "_line_items": items,
        "_remembered": {name: params[name] for name in REMEMBERED if name in params},
    }
    set_metadata(session, params.get("metadata"))
    world.add(session)
    return session


def check(world: World, params: dict[str, Any]) -> None:
    mode = params.get("mode")
    if mode is None:
        raise missing_parameter("mode")
    if mode != "subscription":
        raise InvalidRequest("The sandbox's Checkout knows mode=subscription only.", param="mode")
    if not params.get("line_items"):
        raise missing_parameter("line_items")
    if params.get("ui_mode", "hosted_page") == "hosted_page" and not params.get("success_url"):
        raise missing_parameter("success_url")
    if params.get("customer"):
        customer = world.find("customer", params["customer"], "customer")
        if customer.get("_deleted"):
            raise MissingObject("customer", params["customer"], "customer", 400)
        if params.get("customer_email"):
            message = "Only one of `customer` and `customer_email` may be given."
            raise InvalidRequest(message, param="customer_email")
    elif params.get("customer_update"):
        raise InvalidRequest("`customer_update` needs `customer`.", param="customer_update")
    if params.get("discounts") and params.get("allow_promotion_codes"):
        message = "Only one of `discounts` and `allow_promotion_codes` may be given."
        raise InvalidRequest(message, param="discounts")
    now = world.now(params.get("customer"))
    if "expires_at" in params and not now + HOUR / 2 <= params["expires_at"] <= now + DAY:
        raise InvalidRequest("`expires_at` must be 30 minutes to 24 hours from now.", param="expires_at")


def line_item(world: World, entry: dict[str, Any], name: str) -> dict[str, Any]:
    price = usable_price(world, entry, name)
    quantity = entry.get("quantity")
    metered = price["recurring"]["usage_type"] == "metered"
    if quantity is None and not metered:
        raise missing_parameter(f"{name}[quantity]")
    if quantity is not None and quantity < 1:
        raise InvalidRequest(
            "Quantity must be 1 or more.", code="parameter_invalid_integer", param=f"{name}[quantity]"
        )
    product = world.get(price["product"]) or {}
    amount = 0 if metered else money.amount(price, quantity)
    return {
        "id": world.new_id("item"),
        "object": "item",
        "adjustable_quantity": entry.get("adjustable_quantity"),
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product.get("name"),
        "metadata": {},
        "price": price["id"],
        "quantity": quantity,
    }


def customer_details(world: World, params: dict[str, Any]) -> dict[str, Any] | None:
    customer = world.get(params.get("customer") or "")
    email = customer["email"] if customer else params.get("customer_email")
    if email is None and customer is None:
        return None
    return {
        "address": customer["address"] if customer else None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": customer["name"] if customer else None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def blank(params: dict[str, Any], now: int) -> dict[str, Any]:
    tax = params.get("automatic_tax") or {}
    return {
        "id": "",
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "amount_subtotal": 0,
        "amount_total": 0,
        "automatic_tax": {
            "enabled": tax.get("enabled", False),
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": None,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": params.get("customer"),
        "customer_account": None,
        "customer_creation": None if params.get("customer") else "always",
        "customer_details": None,
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "expires_at": params.get("expires_at", now + DAY),
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": {},
        "mode": "subscription",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": params.get("payment_method_collection", "always"),
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": params.get("payment_method_types") or ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": {
            "allow_redisplay_filters": ["always"],
            "payment_method_remove": "disabled",
            "payment_method_save": None,
        },
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": params.get("success_url"),
        "tax_id_collection": {
            "enabled": (params.get("tax_id_collection") or {}).get("enabled", False),
            "required": "never",
        },
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": params.get("ui_mode", "hosted_page"),
        "url": None,
        "wallet_options": None,
    }


@route("GET /v1/checkout/sessions/{session}")
def retrieve(call: Call, session: str) -> dict[str, Any]:
    return call.world.find("checkout.session", session)


@route("POST /v1/checkout/sessions/{session}")
def update(call: Call, session: str) -> dict[str, Any]:
    found = call.world.find("checkout.session", session)
    set_metadata(call.world.touch(found), call.get("metadata"))
    return found


@route("POST /v1/checkout/sessions/{session}/expire")
def expire(call: Call, session: str) -> dict[str, Any]:
    found = call.world.find("checkout.session", session)
    if found["status"] != "open":
        message = f"Only open sessions can be expired; this one is {found['status']}."
        raise wrong_state(message, param="session")
    now = call.world.now(found["customer"])
    call.world.update(found, status="expired", url=None, expires_at=now)
    call.world.emit("checkout.session.expired", found)
    return found


@route("GET /v1/checkout/sessions")
def list_sessions(call: Call) -> dict[str, Any]:
    found = call.world.all("checkout.session")
    for name in ("customer", "status", "subscription", "payment_intent"):
        if name in call.params:
            found = [session for session in found if session[name] == call.params[name]]
    email = (call.get("customer_details") or {}).get("email")
    if email:
        found = [s for s in found if (s["customer_details"] or {}).get("email") == email]
    return call.page(found)


@route("GET /v1/checkout/sessions/{session}/line_items")
def list_line_items(call: Call, session: str) -> dict[str, Any]:
    items = copy(call.world.find("checkout.session", session)["_line_items"])
    for item in items:
        item["price"] = call.world.render(call.world.find("price", item["price"]))
    return page(items, call.path)
