"""Who stands in the Portal, and by which configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.subscriptions.subscribing import LIVE

if TYPE_CHECKING:
    from stripe_sandbox.world import World


class PortalUnavailable(Exception):
    """No such Portal session (or its customer is deleted)."""


class PortalRefused(Exception):
    """The configuration or the state of the object does not allow this."""


def opened(world: World, bps_id: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    session = world.get(bps_id)
    customer = (
        world.get(session["customer"]) if session and session["object"] == "billing_portal.session" else None
    )
    if session is None or customer is None or customer.get("_deleted"):
        raise PortalUnavailable(bps_id)
    return session, customer, world.find("billing_portal.configuration", session["configuration"])


def own(world: World, bps_id: str, sub_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The customer's own living subscription, and the configuration's features."""
    _, customer, configuration = opened(world, bps_id)
    sub = world.get(sub_id)
    if sub is None or sub.get("customer") != customer["id"] or sub.get("status") not in LIVE:
        raise PortalRefused("There is no such subscription to change.")
    return sub, configuration["features"]
