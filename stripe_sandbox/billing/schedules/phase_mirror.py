"""A subscription changed by hand is what the present phase of its schedule says from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def current_phase(schedule: dict[str, Any]) -> dict[str, Any] | None:
    current = schedule["current_phase"]
    if current is None:
        return None
    return next((phase for phase in schedule["phases"] if phase["start_date"] == current["start_date"]), None)


def items_as_phase(subscription: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "billing_thresholds": None,
            "discounts": kept_discounts(item),
            "metadata": dict(item["metadata"]),
            "price": item["price"],
            **({"quantity": item["quantity"]} if "quantity" in item else {}),
            "tax_rates": copy(item["tax_rates"]),
        }
        for item in subscription["items"]["data"]
    ]


def kept_discounts(owner: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"coupon": None, "discount": name, "promotion_code": None} for name in owner["discounts"]]


def mirror(world: World, subscription: dict[str, Any]) -> None:
    schedule = world.get(subscription["schedule"] or "")
    phase = current_phase(schedule) if schedule and schedule["status"] == "active" else None
    if schedule is None or phase is None:
        return
    with world.changing(schedule, "subscription_schedule.updated"):
        phase["items"] = items_as_phase(subscription)
        phase["discounts"] = kept_discounts(subscription)
