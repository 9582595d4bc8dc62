"""`pending_invoice_item_interval`: what waits is billed more often than the plan renews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.periods import boundary_after, period_of
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

MOST = {"day": 365, "week": 52, "month": 12, "year": 1}


def set_interval(world: World, subscription: dict[str, Any], given: dict[str, Any] | None) -> None:
    if given is None:
        subscription |= {"pending_invoice_item_interval": None, "next_pending_invoice_item_invoice": None}
        return
    count = given.get("interval_count", 1)
    if not 1 <= count <= MOST[given["interval"]]:
        name = "pending_invoice_item_interval[interval_count]"
        raise InvalidRequest("The interval is at most one year.", param=name)
    subscription["pending_invoice_item_interval"] = {"interval": given["interval"], "interval_count": count}
    set_next(world, subscription)


def set_next(world: World, subscription: dict[str, Any]) -> None:
    now, interval = world.now(subscription["customer"]), subscription["pending_invoice_item_interval"]
    anchor = period_of(subscription)[0]
    subscription["next_pending_invoice_item_invoice"] = boundary_after(
        anchor, now, interval["interval"], interval["interval_count"]
    )
