"""Tax on invoices: by rates that the seller set, or automatically by the customer's place (`tax_places`).

An invoice drafted for a subscription whose `automatic_tax` is enabled carries its taxes already. Checkout's
page and the Portal look at such a draft with `world.imagined`, and ask here whether an address is
enough: `knows_place(customer)` says so, `check_place(customer)` raises Stripe's error.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.expand import left_out
from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.discount_amounts import left_of, own_off
from stripe_sandbox.billing.amounts.tax_places import (
    EUROPEAN_UNION,
    HOME,
    TAXES,
    Tax,
    address_of,
    is_shipped_to,
    place_of,
)
from stripe_sandbox.billing.amounts.tax_rates import automatic_rate
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Line = dict[str, Any]
Rate = dict[str, Any]


def knows_place(customer: dict[str, Any]) -> bool:
    return place_of(customer) is not None


def check_place(customer: dict[str, Any], param: str = "automatic_tax[enabled]") -> None:
    """Stripe starts nothing with automatic tax for a customer whose place it does not know."""
    if not knows_place(customer):
        message = "The customer's location isn't recognized. Give the customer an address, then try again."
        raise InvalidRequest(message, code="customer_tax_location_invalid", param=param)


@left_out("customer", "tax")
def shown_tax(world: World, customer: dict[str, Any]) -> dict[str, Any]:
    country = place_of(customer)
    place = None
    if country in TAXES:
        source = "shipping_destination" if is_shipped_to(customer) else "billing_address"
        place = {"country": country, "source": source, "state": address_of(customer).get("state")}
    return {
        "automatic_tax": "supported" if place else "unrecognized_location",
        "ip_address": None,
        "location": place,
        "provider": "stripe",
    }


def automatic_tax(enabled: bool, customer: dict[str, Any]) -> dict[str, Any]:
    """An invoice's `automatic_tax`."""
    status = None
    if enabled:
        status = "complete" if knows_place(customer) else "requires_location_inputs"
    return {
        "disabled_reason": None,
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": status,
    }


def take_taxes(world: World, invoice: dict[str, Any], customer: dict[str, Any]) -> None:
    """Fills `taxes` of every line, rounded line by line, and the invoice's `total_taxes`."""
    for line in invoice["lines"]["data"]:
        rates, reason = rates_of(world, invoice, line, customer)
        line["taxes"] = taxes_of(left_of(line), rates, reason)
    invoice["total_taxes"] = totals(invoice["lines"]["data"])


def rates_of(
    world: World, invoice: dict[str, Any], line: Line, customer: dict[str, Any]
) -> tuple[list[Rate], str]:
    """Which rates apply to this line, and Stripe's word for why they take what they take."""
    exempt = exemption(invoice, customer)
    if not invoice["automatic_tax"]["enabled"]:
        return line.get("_tax_rates") or invoice["default_tax_rates"], exempt or "not_available"
    country = place_of(customer)
    if country is None:
        return [], "not_collecting"
    tax = TAXES.get(country)
    if tax is None or not tax.percentage:
        return [automatic_rate(world, country, tax or NO_TAX, line)], "not_collecting"
    return [automatic_rate(world, country, tax, line)], exempt or "standard_rated"


NO_TAX = Tax(Decimal(0), "Tax", "vat")
UNTAXED = ("customer_exempt", "reverse_charge", "not_collecting")


def exemption(invoice: dict[str, Any], customer: dict[str, Any]) -> str | None:
    """Exempt customers pay none; a business in another country of the European Union reckons its own."""
    if customer["tax_exempt"] == "exempt":
        return "customer_exempt"
    country = place_of(customer)
    business = any(tax_id["type"] == "eu_vat" for tax_id in invoice["customer_tax_ids"])
    abroad = invoice["automatic_tax"]["enabled"] and country in EUROPEAN_UNION and country != HOME
    if customer["tax_exempt"] == "reverse" or (business and abroad):
        return "reverse_charge"
    return None


def taxes_of(taxable: int, rates: list[Rate], reason: str) -> list[dict[str, Any]]:
    """Inclusive taxes are in the amount; exclusive ones come on top of what is left without them."""
    untaxed = reason in UNTAXED
    net = without_inclusive(taxable, [] if untaxed else rates)
    inside = sum(part_inside(net, rate) for rate in rates if rate["inclusive"] and not untaxed)
    return [
        {
            "amount": 0 if untaxed else part_inside(net, rate),
            "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
            "tax_rate_details": {"tax_rate": rate["id"]},
            "taxability_reason": reason,
            "taxable_amount": 0 if reason == "not_collecting" else taxable - inside,
            "type": "tax_rate_details",
        }
        for rate in rates
    ]


def without_inclusive(amount: int, rates: list[Rate]) -> Decimal:
    inside = sum((percentage(rate) for rate in rates if rate["inclusive"]), Decimal(0))
    return Decimal(amount) * 100 / (100 + inside)


def part_inside(net: Decimal, rate: Rate) -> int:
    return money.whole(net * percentage(rate) / 100)


def percentage(rate: Rate) -> Decimal:
    return Decimal(str(rate["percentage"]))


def totals(lines: list[Line]) -> list[dict[str, Any]]:
    """One entry for each rate, behavior and reason, over all lines."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for tax in (tax for line in lines for tax in line["taxes"]):
        key = (tax["tax_rate_details"]["tax_rate"], tax["tax_behavior"], tax["taxability_reason"])
        if key not in found:
            found[key] = {**tax, "tax_rate_details": dict(tax["tax_rate_details"])}
            continue
        found[key]["amount"] += tax["amount"]
        found[key]["taxable_amount"] += tax["taxable_amount"]
    return list(found.values())


def sum_of(taxes: list[dict[str, Any]], behavior: str | None = None) -> int:
    return sum(tax["amount"] for tax in taxes if behavior in (None, tax["tax_behavior"]))


def inside_subtotal(world: World, invoice: dict[str, Any], customer: dict[str, Any]) -> int:
    """The inclusive taxes in an invoice's subtotal, which is before the invoice's own discounts."""
    found = 0
    for line in invoice["lines"]["data"]:
        rates, reason = rates_of(world, invoice, line, customer)
        found += sum_of(taxes_of(line["amount"] - own_off(line), rates, reason), "inclusive")
    return found
