"""Payment methods: cards, from a number or one of Stripe's test tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.cards import TOKENS, card_of, declined, fingerprint
from stripe_sandbox.errors import CardError, InvalidRequest, MissingObject, missing_parameter, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def new_card(
    world: World,
    number: str,
    exp_month: int,
    exp_year: int,
    billing: dict[str, Any] | None = None,
    cvc: str = "123",
) -> dict[str, Any]:
    """Adds a card that belongs to nobody yet. Raises CardError for an impossible or expired one."""
    card = card_of(number)
    check_expiry(world, exp_month, exp_year)
    if not str(cvc).isdigit() or len(str(cvc)) not in (3, 4):
        raise CardError("Your card's security code is invalid.", "invalid_cvc", param="cvc")
    return world.add(
        {
            "id": world.new_id("payment_method"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": billing_details(billing or {}),
            "card": shown_card(card.number, card.brand, exp_month, exp_year),
            "created": world.now(),
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": {},
            "type": "card",
            "_number": card.number,
        }
    )


def shown_card(number: str, brand: str, exp_month: int, exp_year: int) -> dict[str, Any]:
    return {
        "brand": brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": "american_express" if brand == "amex" else brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": fingerprint(number),
        "funding": "credit",
        "generated_from": None,
        "last4": number[-4:],
        "networks": {"available": [brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def billing_details(given: dict[str, Any]) -> dict[str, Any]:
    address = given.get("address") or {}
    return {
        "address": {k: address.get(k) for k in ("city", "country", "line1", "line2", "postal_code", "state")},
        "email": given.get("email"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tax_id": None,
    }


def check_expiry(world: World, month: int, year: int) -> None:
    if not 1 <= month <= 12:
        raise CardError("Your card's expiration month is invalid.", "invalid_expiry_month", param="exp_month")
    today = datetime.fromtimestamp(world.now(), UTC)
    year += 2000 if year < 100 else 0
    if (year, month) < (today.year, today.month):
        raise CardError("Your card's expiration year is invalid.", "invalid_expiry_year", param="exp_year")


def from_reference(world: World, reference: str, param: str = "payment_method") -> dict[str, Any]:
    """A card by id, or a new one for a test token."""
    if reference in TOKENS:
        return new_card(world, TOKENS[reference], 12, 2034)
    return world.find("payment_method", reference, param)


def attach(world: World, method: dict[str, Any], customer: dict[str, Any]) -> dict[str, Any]:
    """Raises CardError when the card refuses to be kept."""
    if customer.get("_deleted"):
        raise MissingObject("customer", customer["id"], "customer", 400)
    if method["customer"] == customer["id"]:
        return method
    if method["customer"] or method.get("_detached"):
        raise wrong_state(
            "The payment method has already been attached to another customer, or was detached."
        )
    card = card_of(method["_number"])
    if card.decline:
        raise declined(card.decline)
    world.update(method, customer=customer["id"])
    world.emit("payment_method.attached", method)
    return method


def detach(world: World, method: dict[str, Any]) -> dict[str, Any]:
    if not method["customer"]:
        raise wrong_state("The payment method is not attached to a customer, so it cannot be detached.")
    customer = world.get(method["customer"])
    if customer and customer["invoice_settings"]["default_payment_method"] == method["id"]:
        with world.changing(customer, "customer.updated"):
            customer["invoice_settings"]["default_payment_method"] = None
    for subscription in world.where("subscription", default_payment_method=method["id"]):
        world.update(subscription, default_payment_method=None)
    before = method["customer"]
    world.update(method, customer=None, _detached=True)
    world.emit("payment_method.detached", method, {"customer": before})
    return method


@route("POST /v1/payment_methods")
def create(call: Call) -> dict[str, Any]:
    if call.get("type") != "card":
        raise InvalidRequest("The sandbox knows payment methods of the type card only.", param="type")
    card = call.get("card") or {}
    if card.get("token"):
        method = from_reference(call.world, card["token"], "card[token]")
    else:
        for name in ("number", "exp_month", "exp_year"):
            if name not in card:
                raise missing_parameter(f"card[{name}]")
        method = new_card(
            call.world, card["number"], card["exp_month"], card["exp_year"], cvc=card.get("cvc", "123")
        )
    method["billing_details"] = billing_details(call.get("billing_details") or {})
    set_metadata(method, call.get("metadata"))
    return method


@route("GET /v1/payment_methods/{payment_method}")
def retrieve(call: Call, payment_method: str) -> dict[str, Any]:
    return call.world.find("payment_method", payment_method)


@route("POST /v1/payment_methods/{payment_method}")
def update(call: Call, payment_method: str) -> dict[str, Any]:
    method = call.world.find("payment_method", payment_method)
    with call.world.changing(method, "payment_method.updated"):
        assign(method, call.params, "allow_redisplay")
        assign(method["card"], call.get("card") or {}, "exp_month", "exp_year")
        if call.get("billing_details"):
            method["billing_details"] = billing_details(
                method["billing_details"] | call.params["billing_details"]
            )
        set_metadata(method, call.get("metadata"))
    return method


@route("GET /v1/payment_methods")
def list_methods(call: Call) -> dict[str, Any]:
    found = [method for method in call.world.all("payment_method") if method["customer"]]
    for name in ("customer", "type"):
        if name in call.params:
            found = [method for method in found if method[name] == call.params[name]]
    return call.page(found)


@route("POST /v1/payment_methods/{payment_method}/attach")
def attach_method(call: Call, payment_method: str) -> dict[str, Any]:
    if not call.get("customer"):
        raise missing_parameter("customer")
    method = from_reference(call.world, payment_method)
    return attach(call.world, method, call.world.find("customer", call.params["customer"], "customer"))


@route("POST /v1/payment_methods/{payment_method}/detach")
def detach_method(call: Call, payment_method: str) -> dict[str, Any]:
    return detach(call.world, call.world.find("payment_method", payment_method))
