"""Tax rates: those a seller makes, and those that automatic tax makes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.ids import letters
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.billing.amounts.tax_places import Tax
    from stripe_sandbox.world import World


def new_rate(world: World, **values: Any) -> dict[str, Any]:
    rate: dict[str, Any] = {
        "id": f"txr_1{letters(23)}",
        "object": "tax_rate",
        "active": True,
        "country": None,
        "created": world.now(),
        "description": None,
        "display_name": "",
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": False,
        "jurisdiction": None,
        "jurisdiction_level": None,
        "livemode": False,
        "metadata": {},
        "percentage": 0,
        "rate_type": None,
        "state": None,
        "tax_type": None,
    }
    rate.update(values)
    return world.add(rate)


def automatic_rate(world: World, country: str, tax: Tax, line: dict[str, Any]) -> dict[str, Any]:
    """The one rate of this country for prices of this behavior, made at the first need."""
    inclusive = line.get("_tax_behavior") == "inclusive"
    for rate in world.where("tax_rate", country=country, rate_type="percentage", inclusive=inclusive):
        if str(rate["percentage"]) == str(number(tax)):
            return rate
    return new_rate(
        world,
        active=False,
        country=country,
        display_name=tax.name,
        effective_percentage=number(tax),
        inclusive=inclusive,
        jurisdiction=country,
        jurisdiction_level="country",
        percentage=number(tax),
        rate_type="percentage",
        tax_type=tax.tax_type,
    )


def number(tax: Tax) -> int | float:
    """JSON has no decimals: a percentage travels as a number, and is reckoned with as a decimal."""
    whole = int(tax.percentage)
    return whole if whole == tax.percentage else float(tax.percentage)


def rates_named(world: World, ids: list[str] | str | None, param: str) -> list[dict[str, Any]]:
    """`default_tax_rates` and `tax_rates` hold whole rates, as they were when they were set."""
    found = [world.find("tax_rate", name, param) for name in ids or []]
    for rate in found:
        if not rate["active"]:
            raise InvalidRequest(f"The tax rate {rate['id']} is archived.", param=param)
    if len(found) > 5 or len({rate["id"] for rate in found}) < len(found):
        raise InvalidRequest("Up to five different tax rates may be given.", param=param)
    return [copy(world.render(rate)) for rate in found]
