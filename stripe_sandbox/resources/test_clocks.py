"""Test clocks: customers whose time moves alone."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.billing.customers.customer_object import living
from stripe_sandbox.billing.lifecycle import advance
from stripe_sandbox.billing.subscriptions.ending import cancel_now
from stripe_sandbox.billing.subscriptions.subscribing import ENDED
from stripe_sandbox.errors import InvalidRequest, wrong_state


@route("POST /v1/test_helpers/test_clocks")
def create(call: Call) -> dict[str, Any]:
    now = call.world.now()
    clock = {
        "id": call.world.new_id("test_helpers.test_clock"),
        "object": "test_helpers.test_clock",
        "created": now,
        "deletes_after": now + 30 * DAY,
        "frozen_time": call.params["frozen_time"],
        "livemode": False,
        "name": call.get("name"),
        "status": "ready",
        "status_details": {},
    }
    call.world.add(clock)
    if call.get("customer"):
        attach(call, clock, call.params["customer"])
    call.world.emit("test_helpers.test_clock.created", clock)
    return clock


def attach(call: Call, clock: dict[str, Any], customer_id: str) -> None:
    """A customer who was made before; nothing of theirs may run by another clock yet."""
    customer = living(call.world, customer_id, "customer")
    if customer["test_clock"] or call.world.where("subscription", customer=customer_id):
        message = "Only a customer without test clock and subscriptions can be attached to one."
        raise wrong_state(message, param="customer")
    with call.world.changing(customer, "customer.updated"):
        customer["test_clock"] = clock["id"]


@route("GET /v1/test_helpers/test_clocks/{test_clock}")
def retrieve(call: Call, test_clock: str) -> dict[str, Any]:
    return call.world.find("test_helpers.test_clock", test_clock)


@route("POST /v1/test_helpers/test_clocks/{test_clock}/advance")
def advance_clock(call: Call, test_clock: str) -> dict[str, Any]:
    """The work is done inside the call, so the clock answers `ready` at once."""
    clock = call.world.find("test_helpers.test_clock", test_clock)
    target = call.params["frozen_time"]
    if target <= clock["frozen_time"]:
        raise InvalidRequest("`frozen_time` must lie after the clock's present time.", param="frozen_time")
    under_way = {"advancing": {"target_frozen_time": target}}
    call.world.update(clock, status="advancing", status_details=under_way)
    call.world.emit("test_helpers.test_clock.advancing", clock)
    advance(call.world, target, test_clock)
    call.world.update(clock, status="ready", status_details={})
    call.world.emit("test_helpers.test_clock.ready", clock)
    return clock


@route("DELETE /v1/test_helpers/test_clocks/{test_clock}")
def delete(call: Call, test_clock: str) -> dict[str, Any]:
    """Its customers go with it, and their subscriptions end."""
    clock = call.world.find("test_helpers.test_clock", test_clock)
    for customer in call.world.where("customer", test_clock=test_clock):
        for subscription in call.world.where("subscription", customer=customer["id"]):
            if subscription["status"] not in ENDED:
                cancel_now(call.world, subscription)
        call.world.update(customer, _deleted=True)
    call.world.emit("test_helpers.test_clock.deleted", clock)
    call.world.remove(clock)
    return {"id": test_clock, "object": "test_helpers.test_clock", "_deleted": True}


@route("GET /v1/test_helpers/test_clocks")
def list_clocks(call: Call) -> dict[str, Any]:
    return call.page(call.world.all("test_helpers.test_clock"))
