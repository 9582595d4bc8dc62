"""The end of a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.invoicing import stop_collecting

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def cancel_now(
    world: World, subscription: dict[str, Any], reason: str | None = "cancellation_requested"
) -> None:
    world.touch(subscription)
    now = world.now(subscription["customer"])
    stop_collecting(world, subscription)
    subscription |= {"status": "canceled", "ended_at": now, "pause_collection": None}
    subscription["canceled_at"] = subscription["canceled_at"] or now
    subscription["cancellation_details"]["reason"] = subscription["cancellation_details"]["reason"] or reason
    world.emit("customer.subscription.deleted", subscription)
