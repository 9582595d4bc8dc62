"""Tax rates that a seller makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, assign, route, set_metadata
from stripe_sandbox.billing.amounts.tax_rates import new_rate
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

CHANGEABLE = (
    "active",
    "country",
    "description",
    "display_name",
    "jurisdiction",
    "state",
    "tax_type",
)


@route("POST /v1/tax_rates")
def create(call: Call) -> dict[str, Any]:
    check(call.params)
    percentage = call.params["percentage"]
    if not 0 <= percentage <= 100:
        raise InvalidRequest("`percentage` must be from 0 to 100.", param="percentage")
    whole = int(percentage)
    rate = new_rate(
        call.world,
        inclusive=call.params["inclusive"],
        percentage=whole if whole == percentage else percentage,
    )
    assign(rate, call.params, *CHANGEABLE)
    set_metadata(rate, call.get("metadata"))
    call.world.emit("tax_rate.created", rate)
    return rate


def check(params: dict[str, Any]) -> None:
    country = params.get("country")
    if country and not (len(country) == 2 and country.isalpha() and country.isupper()):
        raise InvalidRequest(f"Country '{country}' is unknown.", code="country_code_invalid", param="country")


@route("GET /v1/tax_rates/{tax_rate}")
def retrieve(call: Call, tax_rate: str) -> dict[str, Any]:
    return call.world.find("tax_rate", tax_rate)


@route("POST /v1/tax_rates/{tax_rate}")
def update(call: Call, tax_rate: str) -> dict[str, Any]:
    """What it takes never changes; its words do, also where it is used."""
    found = call.world.find("tax_rate", tax_rate)
    check(call.params)
    with call.world.changing(found, "tax_rate.updated"):
        assign(found, call.params, *CHANGEABLE)
        set_metadata(found, call.get("metadata"))
    for subscription in call.world.all("subscription"):
        refresh(call.world, subscription, found)
    return found


def refresh(world: World, subscription: dict[str, Any], rate: dict[str, Any]) -> None:
    """A subscription shows the rate as it is now. Nothing is said of that, as at Stripe."""
    shown = world.render(rate)
    for rates in (
        subscription["default_tax_rates"],
        *(i["tax_rates"] for i in subscription["items"]["data"]),
    ):
        for position, used in enumerate(rates or []):
            if used["id"] == rate["id"]:
                world.touch(subscription)
                rates[position] = dict(shown)


@route("GET /v1/tax_rates")
def list_rates(call: Call) -> dict[str, Any]:
    return call.page(call.asked_for("tax_rate", "active", "inclusive"))
