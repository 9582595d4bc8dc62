"""What a Checkout session costs: the subscription is begun in imagination, and its first invoice read.

So a page cannot promise another amount than the invoice that follows, whatever tiers, discounts and taxes do.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.tax import knows_place
from stripe_sandbox.billing.customers.customer_object import new_customer
from stripe_sandbox.billing.customers.tax_ids import new_tax_id
from stripe_sandbox.billing.subscriptions.subscribing import outline
from stripe_sandbox.errors import StripeError

if TYPE_CHECKING:
    from stripe_sandbox.world import World

TRIAL = ("trial_period_days", "trial_end", "trial_settings")


@dataclass(frozen=True)
class Share:
    """One line item's part of the invoice."""

    subtotal: int = 0
    discount: int = 0
    tax: int = 0
    total: int = 0


@dataclass(frozen=True)
class Quote:
    """The first invoice in short. `due` is the total after the customer's balance."""

    subtotal: int
    discount: int
    tax: int
    tax_included: int
    total: int
    due: int
    tax_status: str | None
    shares: list[Share]
    taxes: list[dict[str, Any]] = field(default_factory=list)


def quote(
    world: World,
    session: dict[str, Any],
    typed: dict[str, Any] | None = None,
    later: bool = False,
) -> Quote:
    """What is due when the session is completed; `later`: when its trial has ended.

    `typed` is what the customer has written so far that a tax depends on: `address` and `tax_id`.
    """
    with world.imagined():
        customer = imagined_customer(world, session, typed or {})
        params = subscription_params(session) | {"customer": customer["id"]}
        if session["automatic_tax"]["enabled"] and not knows_place(customer):
            params.pop("automatic_tax")
        if later:
            params = {name: value for name, value in params.items() if name not in TRIAL}
        subscription, invoice = outline(world, params)
        return read(subscription, invoice)


def imagined_customer(world: World, session: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    address, tax_id = typed.get("address"), typed.get("tax_id")
    customer = world.get(session["customer"] or "")
    if customer is None or customer.get("_deleted"):
        customer = new_customer(world, {"address": address} if address else {})
    elif address and stores(session, "address"):
        world.update(customer, address=address)
    if tax_id:
        with suppress(StripeError):  # a wrong number is refused when the form is sent
            new_tax_id(world, customer, tax_id["type"], tax_id["value"])
    return customer


def stores(session: dict[str, Any], name: str) -> bool:
    """Whether what the page collects (`address`, `name`) is kept on the customer."""
    update = session["_remembered"].get("customer_update") or {}
    return session["customer_creation"] is not None or update.get(name) == "auto"


def subscription_params(session: dict[str, Any]) -> dict[str, Any]:
    """The session as `POST /v1/subscriptions` would say it."""
    remembered = session["_remembered"]
    data = {k: v for k, v in (remembered.get("subscription_data") or {}).items() if k != "invoice_settings"}
    params: dict[str, Any] = {
        **data,
        "currency": session["currency"],
        "customer": session["customer"],
        "items": [subscription_item(session, item) for item in session["_line_items"]],
        "payment_settings": {"save_default_payment_method": "off", "payment_method_types": ["card"]},
    }
    if remembered.get("discounts"):
        params["discounts"] = remembered["discounts"]
    if session["automatic_tax"]["enabled"]:
        params["automatic_tax"] = {"enabled": True}
    return params


def subscription_item(session: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    entry = {"price": item["price"]}
    if item["quantity"] is not None:
        entry["quantity"] = item["quantity"]
    rates = session["_remembered"].get("tax_rates", {}).get(item["id"])
    return entry | ({"tax_rates": rates} if rates else {})


def read(subscription: dict[str, Any], invoice: dict[str, Any]) -> Quote:
    taxes = invoice["total_taxes"] or []
    included = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "inclusive")
    items = subscription["items"]["data"]
    return Quote(
        subtotal=invoice["subtotal"],
        discount=sum(part["amount"] for part in invoice["total_discount_amounts"] or []),
        tax=sum(tax["amount"] for tax in taxes),
        tax_included=included,
        total=invoice["total"],
        due=invoice["amount_due"],
        tax_status=invoice["automatic_tax"]["status"] or "requires_location_inputs",
        shares=[share([line for line in invoice["lines"]["data"] if is_of(line, item)]) for item in items],
        taxes=taxes,
    )


def is_of(line: dict[str, Any], item: dict[str, Any]) -> bool:
    details = line["parent"].get("subscription_item_details") or {}
    return bool(details.get("subscription_item") == item["id"])


def share(lines: list[dict[str, Any]]) -> Share:
    subtotal = sum(line["amount"] for line in lines)
    discount = sum(part["amount"] for line in lines for part in line["discount_amounts"] or [])
    taxes = [tax for line in lines for tax in line["taxes"] or []]
    on_top = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    return Share(subtotal, discount, sum(tax["amount"] for tax in taxes), subtotal - discount + on_top)


def refresh(world: World, session: dict[str, Any]) -> Quote:
    """Write what the session costs now into the session and its line items."""
    found = quote(world, session)
    write(world.touch(session), found)
    return found


def write(session: dict[str, Any], found: Quote) -> None:
    session |= {
        "amount_subtotal": found.subtotal,
        "amount_total": found.total,
        "total_details": totals(found),
    }
    session["automatic_tax"]["status"] = found.tax_status if session["automatic_tax"]["enabled"] else None
    for item, part in zip(session["_line_items"], found.shares, strict=False):
        item |= {
            "amount_discount": part.discount,
            "amount_subtotal": part.subtotal,
            "amount_tax": part.tax,
            "amount_total": part.total,
        }


def totals(found: Quote) -> dict[str, Any]:
    return {"amount_discount": found.discount, "amount_shipping": 0, "amount_tax": found.tax}
