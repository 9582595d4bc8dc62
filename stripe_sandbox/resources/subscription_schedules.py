"""Subscription schedules."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.api.pagination import created_matches
from stripe_sandbox.billing.schedules import schedules
from stripe_sandbox.resources.subscriptions import end_now

MOMENTS = ("canceled_at", "completed_at", "released_at")


@route("POST /v1/subscription_schedules")
def create(call: Call) -> dict[str, Any]:
    return schedules.create(call.world, call.params)


@route("GET /v1/subscription_schedules/{schedule}")
def retrieve(call: Call, schedule: str) -> dict[str, Any]:
    return call.world.find("subscription_schedule", schedule)


@route("POST /v1/subscription_schedules/{schedule}")
def update(call: Call, schedule: str) -> dict[str, Any]:
    found = call.world.find("subscription_schedule", schedule)
    schedules.update(call.world, found, call.params)
    return found


@route("POST /v1/subscription_schedules/{schedule}/cancel")
def cancel(call: Call, schedule: str) -> dict[str, Any]:
    """Unlike a subscription's own end, it credits the rest and bills at once unless told otherwise."""
    found = call.world.find("subscription_schedule", schedule)
    schedules.check_open(found, "canceled")
    subscription = call.world.get(found["subscription"] or "")
    if subscription:
        end_now(call.world, subscription, call.get("prorate", True), call.get("invoice_now", True))
    else:
        schedules.cancel(call.world, found)
    return found


@route("POST /v1/subscription_schedules/{schedule}/release")
def release(call: Call, schedule: str) -> dict[str, Any]:
    found = call.world.find("subscription_schedule", schedule)
    schedules.release(call.world, found, keep_end=bool(call.get("preserve_cancel_date")))
    return found


@route("GET /v1/subscription_schedules")
def list_schedules(call: Call) -> dict[str, Any]:
    found = call.asked_for("subscription_schedule", "customer", "customer_account")
    if call.get("scheduled"):
        found = [schedule for schedule in found if schedule["status"] == "not_started"]
    for name in MOMENTS:
        if name in call.params:
            found = [one for one in found if one[name] and moment_matches(call, one, name)]
    if "customer" not in call.params:
        found = [schedule for schedule in found if not schedule["test_clock"]]
    return call.page(found)


def moment_matches(call: Call, schedule: dict[str, Any], name: str) -> bool:
    return created_matches({"created": schedule[name]}, call.params[name])
