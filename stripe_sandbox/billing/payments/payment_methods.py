"""Cards: adding one, attaching it to a customer, taking it away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.customers.customer_fields import whole_address
from stripe_sandbox.billing.customers.customer_object import living
from stripe_sandbox.billing.payments.card_numbers import TOKENS, Card
from stripe_sandbox.billing.payments.cards import card_of, declined, fingerprint
from stripe_sandbox.errors import CardError, InvalidRequest, missing_parameter, wrong_state

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
    year = check_expiry(world, exp_month, exp_year)
    if not (str(cvc).isascii() and str(cvc).isdigit() and len(str(cvc)) in (3, 4)):
        raise CardError("Your card's security code is invalid.", "invalid_cvc", param="cvc")
    details = billing_details(billing or {})
    return world.add(
        {
            "id": world.new_id("payment_method"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": details,
            "card": shown_card(card, exp_month, year, checks_of(card, details)),
            "created": world.now(),
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": {},
            "type": "card",
            "_number": card.number,
        }
    )


def checks_of(card: Card, details: dict[str, Any]) -> dict[str, Any]:
    """The bank compares what was given; what was not given is not checked."""
    address = details["address"]
    return {
        "address_line1_check": "pass" if address["line1"] else None,
        "address_postal_code_check": "pass" if address["postal_code"] else None,
        "cvc_check": "pass",
        **card.checks,
    }


def shown_card(card: Card, exp_month: int, exp_year: int, checks: dict[str, Any]) -> dict[str, Any]:
    return {
        "brand": card.brand,
        "checks": checks,
        "country": card.country,
        "display_brand": "american_express" if card.brand == "amex" else card.brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": fingerprint(card.number),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": card.three_d_secure != "not_supported"},
        "wallet": None,
    }


def billing_details(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "address": whole_address(given.get("address") or {}),
        "email": given.get("email") or None,
        "name": given.get("name") or None,
        "phone": given.get("phone") or None,
        "tax_id": given.get("tax_id"),
    }


def merged_billing(known: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Parts that are not given stay, parts of the address as well."""
    merged = known | given
    if given.get("address"):
        merged["address"] = known["address"] | given["address"]
    return billing_details(merged)


def check_expiry(world: World, month: int, year: int) -> int:
    """The year with its century."""
    if not isinstance(month, int) or not 1 <= month <= 12:
        raise CardError("Your card's expiration month is invalid.", "invalid_expiry_month", param="exp_month")
    today = datetime.fromtimestamp(world.now(), UTC)
    whole = year + (2000 if year < 100 else 0) if isinstance(year, int) else 0
    if (whole, month) < (today.year, today.month) or whole > today.year + 50:
        raise CardError("Your card's expiration year is invalid.", "invalid_expiry_year", param="exp_year")
    return whole


def from_reference(world: World, reference: str, param: str = "payment_method") -> dict[str, Any]:
    """A card by id, or a new one for a test token."""
    if reference in TOKENS:
        return new_card(world, TOKENS[reference], 12, 2034)
    return world.find("payment_method", reference, param)


def from_data(world: World, data: dict[str, Any], param: str = "payment_method_data") -> dict[str, Any]:
    """A card whose details stand in the call."""
    if not isinstance(data, dict) or data.get("type") != "card":
        raise InvalidRequest(
            "The sandbox knows payment methods of the type card only.", param=f"{param}[type]"
        )
    card = data.get("card") or {}
    if not isinstance(card, dict):
        raise InvalidRequest("Invalid object: card", param="card")
    if card.get("token"):
        return from_reference(world, str(card["token"]), "card[token]")
    for name in ("number", "exp_month", "exp_year"):
        if name not in card:
            raise missing_parameter(f"card[{name}]")
    numbers = str(card["number"]), card["exp_month"], card["exp_year"]
    return new_card(world, *numbers, data.get("billing_details"), cvc=card.get("cvc", "123"))


def attach(world: World, method: dict[str, Any], customer: dict[str, Any]) -> dict[str, Any]:
    """Raises CardError when the card refuses to be kept."""
    living(world, customer["id"], "customer")
    if method["customer"] == customer["id"]:
        return method
    if method["customer"]:
        raise wrong_state("The payment method has already been attached to a customer.")
    if method.get("_detached"):
        raise wrong_state(
            "The payment method was detached or used up without a customer, so it cannot be used again."
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
        with world.changing(subscription, "customer.subscription.updated"):
            subscription["default_payment_method"] = None
    before = method["customer"]
    world.update(method, customer=None, _detached=True)
    world.emit("payment_method.detached", method, {"customer": before})
    return method


def of_customer(method: dict[str, Any], customer: str | None, param: str) -> dict[str, Any]:
    """Raises unless this card may be charged for this customer."""
    if method["customer"] and method["customer"] != customer:
        message = (
            f"The payment method {method['id']} belongs to another customer than the one given."
            if customer
            else f"The payment method {method['id']} belongs to a customer: give that `customer` as well."
        )
        raise wrong_state(message, param=param)
    if method.get("_detached"):
        raise wrong_state(f"The payment method {method['id']} was detached and cannot be used again.")
    return method
