"""The end of a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.invoices.invoicing import stop_collecting, void

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def cancel_now(
    world: World, subscription: dict[str, Any], reason: str | None = "cancellation_requested"
) -> None:
    """What never began expires instead: to Stripe's listeners that is an update, not a deletion."""
    if subscription["status"] == "incomplete":
        expire(world, subscription, reason)
        return
    world.touch(subscription)
    now = world.now(subscription["customer"])
    void_what_waits(world, subscription)
    stop_collecting(world, subscription)
    subscription |= {
        "status": "canceled",
        "ended_at": now,
        "pause_collection": None,
        "pending_update": None,
        "_pending_change": None,
        "_pending_invoice": None,
    }
    subscription["canceled_at"] = subscription["canceled_at"] or now
    subscription["cancellation_details"]["reason"] = subscription["cancellation_details"]["reason"] or reason
    world.emit("customer.subscription.deleted", subscription)
    end_schedule(world, subscription, reason)


def expire(world: World, subscription: dict[str, Any], reason: str | None = None) -> None:
    """Its first invoice was not paid in time, or was called off before."""
    void_what_waits(world, subscription)
    with world.changing(subscription, "customer.subscription.updated"):
        now = world.now(subscription["customer"])
        subscription |= {"status": "incomplete_expired", "canceled_at": now, "ended_at": now}
        subscription["cancellation_details"]["reason"] = reason


def void_what_waits(world: World, subscription: dict[str, Any]) -> None:
    """A first invoice that was never paid, and one of a pending update, have nothing left to buy."""
    first = subscription["latest_invoice"] if subscription["status"] == "incomplete" else None
    invoice = world.get(first or subscription.get("_pending_invoice") or "")
    if invoice and invoice["status"] == "open":
        void(world, invoice)


def end_schedule(world: World, subscription: dict[str, Any], reason: str | None) -> None:
    """Its schedule ends with it: completed as planned, aborted for want of payment, else canceled."""
    schedule = world.get(subscription["schedule"] or "")
    if schedule is None or schedule["status"] != "active":
        return
    now = world.now(subscription["customer"])
    planned = schedule["end_behavior"] == "cancel" and schedule["phases"][-1]["end_date"] <= now
    if planned:
        world.update(schedule, status="completed", completed_at=now, current_phase=None)
        world.emit("subscription_schedule.completed", schedule)
        return
    world.update(schedule, status="canceled", canceled_at=now, current_phase=None)
    aborted = reason == "payment_failed"
    world.emit(f"subscription_schedule.{'aborted' if aborted else 'canceled'}", schedule)
