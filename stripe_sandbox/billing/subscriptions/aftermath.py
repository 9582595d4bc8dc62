"""What a paid invoice does to its subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.invoices.invoicing import subscription_of
from stripe_sandbox.billing.subscriptions.pending_changes import apply_pending, drop_pending

if TYPE_CHECKING:
    from stripe_sandbox.world import World

BEHIND = ("incomplete", "past_due", "unpaid")


def after_latest_invoice(world: World, subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
    """Its latest invoice is paid (or written off): it goes on, wakes, or takes the change that waited."""
    if subscription.get("_pending_invoice") == invoice["id"]:
        apply_pending(world, subscription)
    if subscription["latest_invoice"] != invoice["id"]:
        return
    if subscription["status"] in BEHIND:
        with world.changing(subscription, "customer.subscription.updated"):
            subscription["status"] = "active"
    elif subscription["status"] == "paused" and subscription.get("_resuming"):
        wake(world, subscription)


def after_void(world: World, invoice: dict[str, Any]) -> None:
    """What waited for this invoice waits no more: a pending update is dropped, a pause goes on."""
    subscription = subscription_of(world, invoice)
    if subscription is None:
        return
    if subscription.get("_pending_invoice") == invoice["id"]:
        drop_pending(world, subscription)
    if subscription.get("_resuming") and subscription["latest_invoice"] == invoice["id"]:
        world.update(subscription, _resuming=None)


def after_write_off(world: World, invoice: dict[str, Any]) -> None:
    """Whoever writes a resumption's invoice off lets the subscription go on without the money."""
    subscription = subscription_of(world, invoice)
    if subscription and subscription["status"] == "paused":
        after_latest_invoice(world, subscription, invoice)


def wake(world: World, subscription: dict[str, Any]) -> None:
    with world.changing(subscription, "customer.subscription.updated"):
        subscription |= {"status": "active", "_resuming": None}
    world.emit("customer.subscription.resumed", subscription)
