"""Checkout sessions (subscription mode)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route, set_metadata
from stripe_sandbox.billing.amounts.currencies import chosen, refuse_currency
from stripe_sandbox.billing.amounts.discounts import coupon_of
from stripe_sandbox.billing.catalogue.products_and_prices import new_price
from stripe_sandbox.billing.checkout import checkout_object as shape
from stripe_sandbox.billing.checkout import checkout_rules as rules
from stripe_sandbox.billing.checkout.checkout_end import expire as expire_session
from stripe_sandbox.billing.checkout.checkout_quote import refresh
from stripe_sandbox.billing.subscriptions.subscription_items import check_fit, usable_price
from stripe_sandbox.errors import InvalidRequest, missing_parameter, wrong_state
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World

REMEMBERED = ("subscription_data", "customer_update", "discounts")


@route("POST /v1/checkout/sessions")
def create(call: Call) -> dict[str, Any]:
    rules.check(call.world, call.params)
    return new_session(call.world, call.params)


def new_session(world: World, params: dict[str, Any]) -> dict[str, Any]:
    session_id = world.new_id("checkout.session")
    session = shape.new_session(session_id, params, world.now(params.get("customer")))
    items = basket(world, params["line_items"])
    currency = chosen(world, world.get(params.get("customer") or ""), params.get("currency"), items)
    show_in(world, items, currency)
    session |= {
        "currency": currency,
        "customer_details": customer_details(world, params),
        "discounts": [shown_discount(world, entry) for entry in params.get("discounts") or []],
        "url": f"{world.base_url}/checkout/{session_id}",
        "_line_items": items,
        "_remembered": remembered(params, items),
    }
    set_metadata(session, params.get("metadata"))
    world.add(session)
    refresh(world, session)
    return session


def remembered(params: dict[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    """What completing the session needs and the session does not show."""
    rates = [entry.get("tax_rates") for entry in params["line_items"]]
    by_item = {item["id"]: given for item, given in zip(items, rates, strict=True) if given}
    found = {name: copy(params[name]) for name in REMEMBERED if name in params}
    return found | ({"tax_rates": by_item} if by_item else {})


def show_in(world: World, items: list[dict[str, Any]], currency: str) -> None:
    for place, item in enumerate(items):
        refuse_currency(world.find("price", item["price"]), currency, f"line_items[{place}]")
        item["currency"] = currency


def shown_discount(world: World, entry: dict[str, Any]) -> dict[str, Any]:
    coupon, code = coupon_of(world, entry)
    return {"coupon": None if code else coupon["id"], "promotion_code": code}


def basket(world: World, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items = [line_item(world, entry, f"line_items[{n}]") for n, entry in enumerate(given)]
    first = world.find("price", items[0]["price"])
    for number, item in enumerate(items[1:], 1):
        check_fit(world.find("price", item["price"]), first, f"line_items[{number}]")
    return items


def line_item(world: World, entry: dict[str, Any], name: str) -> dict[str, Any]:
    if entry.get("price_data"):
        own = {"price": price_on_the_spot(world, entry, name)}
        entry = {part: value for part, value in entry.items() if part != "price_data"} | own
    price = usable_price(world, entry, name)
    quantity, metered = entry.get("quantity"), price["recurring"]["usage_type"] == "metered"
    if quantity is None and not metered:
        raise missing_parameter(f"{name}[quantity]")
    if quantity is not None and quantity < 1:
        message = "Quantity must be 1 or more."
        raise InvalidRequest(message, code="parameter_invalid_integer", param=f"{name}[quantity]")
    product = world.get(price["product"]) or {}
    item = shape.line_item(world.new_id("item"), entry, price, product)
    if item["adjustable_quantity"]:
        rules.check_quantity(item, quantity or 0, f"{name}[quantity]")
    return item


def price_on_the_spot(world: World, entry: dict[str, Any], name: str) -> str:
    """`price_data`: a price made for this session; Stripe keeps such prices out of its catalogue."""
    data = entry["price_data"]
    if entry.get("price"):
        message = "Only one of `price` and `price_data` may be given."
        raise InvalidRequest(message, param=f"{name}[price_data]")
    if not isinstance(data, dict) or not data.get("currency"):
        raise missing_parameter(f"{name}[price_data][currency]")
    if not isinstance(data.get("recurring"), dict) or not data["recurring"].get("interval"):
        raise missing_parameter(f"{name}[price_data][recurring]")
    found: str = new_price(world, data)["id"]
    return found


def customer_details(world: World, params: dict[str, Any]) -> dict[str, Any] | None:
    customer = world.get(params.get("customer") or "")
    email = customer["email"] if customer else params.get("customer_email")
    if email is None and customer is None:
        return None
    details = shape.blank_details() | {"email": email}
    if customer:
        known = {name: customer[name] for name in ("address", "name", "tax_exempt")}
        details |= copy(known)
    return details


@route("GET /v1/checkout/sessions/{session}")
def retrieve(call: Call, session: str) -> dict[str, Any]:
    return call.world.find("checkout.session", session)


@route("POST /v1/checkout/sessions/{session}")
def update(call: Call, session: str) -> dict[str, Any]:
    found = call.world.find("checkout.session", session)
    for name in ("collected_information", "line_items", "shipping_options"):
        if name in call.params:
            message = f"`{name}` of a hosted page cannot be changed once it is open."
            raise InvalidRequest(message, param=name)
    set_metadata(call.world.touch(found), call.get("metadata"))
    return found


@route("POST /v1/checkout/sessions/{session}/expire")
def expire(call: Call, session: str) -> dict[str, Any]:
    found = call.world.find("checkout.session", session)
    if found["status"] != "open":
        message = f"Only open sessions can be expired; this one is {found['status']}."
        raise wrong_state(message, param="session")
    return expire_session(call.world, found, expires_at=call.world.now(found["customer"]))


@route("GET /v1/checkout/sessions")
def list_sessions(call: Call) -> dict[str, Any]:
    names = ("customer", "status", "subscription", "payment_intent", "payment_link")
    found = call.asked_for("checkout.session", *names)
    email = (call.get("customer_details") or {}).get("email")
    if email:
        found = [s for s in found if (s["customer_details"] or {}).get("email") == email]
    return call.page(found)


@route("GET /v1/checkout/sessions/{session}/line_items")
def list_line_items(call: Call, session: str) -> dict[str, Any]:
    found = copy(call.world.find("checkout.session", session)["_line_items"])
    for item in found:
        item["price"] = call.world.render(call.world.find("price", item["price"]))
    return call.page(found[::-1])
