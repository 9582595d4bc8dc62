"""What a customer keeps up to date in the Portal: name, e-mail, phone, address, tax numbers, saved cards.

Every function takes the world's lock itself and raises PortalRefused for what the configuration forbids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.customers.customer_fields import ADDRESS
from stripe_sandbox.billing.customers.tax_ids import new_tax_id, remove_tax_id
from stripe_sandbox.billing.payments.payment_methods import detach
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.hosted.countries import COUNTRIES
from stripe_sandbox.hosted.portal_plans import default_card, live, plan
from stripe_sandbox.hosted.portal_session import PortalRefused, opened

if TYPE_CHECKING:
    from stripe_sandbox.world import World

TEXTS = ("name", "email", "phone")


def allowed_updates(features: dict[str, Any]) -> list[str]:
    """What may be changed here, in the order of the page. Raises PortalRefused when that is nothing."""
    feature = features["customer_update"]
    allowed = [n for n in (*TEXTS, "address", "tax_id") if n in (feature.get("allowed_updates") or [])]
    if not feature["enabled"] or not allowed:
        raise PortalRefused("Billing information cannot be changed here.")
    return allowed


def update(world: World, bps_id: str, texts: dict[str, str], address: dict[str, str] | None) -> None:
    """Keep what was typed. Raises InvalidRequest, whose `param` is the field, for what cannot be right."""
    with world:
        _, customer, configuration = opened(world, bps_id)
        allowed = allowed_updates(configuration["features"])
        changes: dict[str, Any] = {name: texts[name] or None for name in TEXTS if name in texts}
        if address is not None:
            changes["address"] = checked_address(address)
        if set(changes) - set(allowed):
            raise PortalRefused("This cannot be changed here.")
        if "email" in changes and "@" not in (changes["email"] or ""):
            raise InvalidRequest("Write an e-mail address.", param="email")
        with world.changing(customer, "customer.updated"):
            customer.update(changes)


def checked_address(given: dict[str, str]) -> dict[str, Any] | None:
    """An address with nothing in it is none; one without a country is not finished."""
    found = {part: given.get(part) or None for part in ADDRESS}
    if not any(found.values()):
        return None
    if found["country"] not in COUNTRIES:
        raise InvalidRequest("Choose a country.", param="country")
    return found


def add_tax_id(world: World, bps_id: str, type: str, value: str) -> None:
    with world:
        customer = for_tax_ids(world, bps_id)
        new_tax_id(world, customer, type, value)


def forget_tax_id(world: World, bps_id: str, tax_id: str) -> None:
    with world:
        customer, found = for_tax_ids(world, bps_id), world.get(tax_id)
        if found is None or found["object"] != "tax_id" or found["customer"] != customer["id"]:
            raise PortalRefused("There is no such tax number.")
        remove_tax_id(world, found)


def for_tax_ids(world: World, bps_id: str) -> dict[str, Any]:
    _, customer, configuration = opened(world, bps_id)
    if "tax_id" not in allowed_updates(configuration["features"]):
        raise PortalRefused("Tax numbers cannot be changed here.")
    return customer


def tax_ids(world: World, bps_id: str) -> list[dict[str, Any]]:
    with world:
        _, customer, _ = opened(world, bps_id)
        return [world.render(found) for found in world.where("tax_id", customer=customer["id"])]


def remove_card(world: World, bps_id: str, method_id: str) -> None:
    """Any card but the one that pays."""
    with world:
        _, customer, configuration = opened(world, bps_id)
        features, method = configuration["features"], world.get(method_id)
        if not features["payment_method_update"]["enabled"]:
            raise PortalRefused("Payment methods cannot be changed here.")
        if method is None or method["object"] != "payment_method" or method["customer"] != customer["id"]:
            raise PortalRefused("There is no such card.")
        plans = [plan(world, sub, features) for sub in live(world, customer)]
        if method_id == default_card(customer, plans):
            raise PortalRefused("This card pays the plan. Make another card the default first.")
        detach(world, method)
