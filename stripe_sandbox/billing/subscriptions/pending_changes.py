"""A change that waits for its payment (`pending_if_incomplete`): kept aside, applied, or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import PAYMENT_WINDOW
from stripe_sandbox.billing.amounts.periods import period_of
from stripe_sandbox.billing.invoices.invoicing import void
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World

NOTHING_WAITS: dict[str, Any] = {"pending_update": None, "_pending_change": None, "_pending_invoice": None}
SUPPORTED = {
    "add_invoice_items",
    "billing_cycle_anchor",
    "discounts",
    "expand",
    "items",
    "metadata",
    "off_session",
    "payment_behavior",
    "proration_behavior",
    "proration_date",
    "trial_end",
    "trial_from_plan",
}


def check_supported(params: dict[str, Any]) -> None:
    for name in sorted(set(params) - SUPPORTED):
        message = f"`{name}` cannot wait for a payment: it has no place in `pending_if_incomplete`."
        raise InvalidRequest(message, param=name)


def hold_back(subscription: dict[str, Any], before: dict[str, Any], invoice_id: str) -> None:
    """Puts the subscription back as it was and keeps what was changed, until its invoice is paid."""
    changed = {key: value for key, value in subscription.items() if value != before.get(key)}
    changed.pop("latest_invoice", None)
    subscription.clear()
    subscription.update(before)
    subscription |= {
        "latest_invoice": invoice_id,
        "_pending_change": copy(changed),
        "_pending_invoice": invoice_id,
    }


def show_pending(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> None:
    """It could not be paid at once: `pending_update` says what waits, and until when."""
    change = subscription["_pending_change"]
    items = change.get("items", {}).get("data")
    subscription["pending_update"] = {
        "billing_cycle_anchor": change.get("billing_cycle_anchor"),
        "discount": None,
        "discounts": change.get("discounts"),
        "expires_at": world.now(subscription["customer"]) + PAYMENT_WINDOW,
        "metadata": dict(params["metadata"]) if params.get("metadata") else None,
        "subscription_items": [world.render(item) for item in items] if items else None,
        "trial_end": change.get("trial_end") if "trial_end" in params else None,
        "trial_from_plan": None,
    }


def apply_pending(world: World, subscription: dict[str, Any]) -> None:
    """Its invoice is paid. A renewal may have come between, then the new items take its period."""
    waited, change = subscription["pending_update"], copy(subscription["_pending_change"])
    period = period_of(subscription)
    with world.changing(subscription, "customer.subscription.updated"):
        subscription.update(change, **NOTHING_WAITS)
        if "billing_cycle_anchor" not in change:
            for item in subscription["items"]["data"]:
                item["current_period_start"], item["current_period_end"] = period
    if waited:
        world.emit("customer.subscription.pending_update_applied", subscription)


def drop_pending(world: World, subscription: dict[str, Any], expired: bool = False) -> None:
    """Nothing of it happens; its invoice is void."""
    invoice = world.get(subscription.get("_pending_invoice") or "")
    if not subscription.get("_pending_invoice"):
        return
    with world.changing(subscription, "customer.subscription.updated"):
        subscription.update(NOTHING_WAITS)
    if invoice and invoice["status"] == "open":
        void(world, invoice)
    if expired:
        world.emit("customer.subscription.pending_update_expired", subscription)
