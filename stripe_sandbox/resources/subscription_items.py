"""The items of subscriptions, by their own routes."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.billing.subscriptions.changing import modify
from stripe_sandbox.errors import MissingObject, missing_parameter
from stripe_sandbox.resources.subscriptions import refuse

ITEM_FIELDS = ("price", "price_data", "quantity", "metadata", "discounts", "tax_rates")
PASSED = ("off_session", "payment_behavior", "proration_behavior", "proration_date")


def item_and_owner(call: Call, item_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    owner = call.world.holding("subscription", "items", item_id)
    if owner is None:
        raise MissingObject("subscription_item", item_id)
    return next(item for item in owner["items"]["data"] if item["id"] == item_id), owner


@route("GET /v1/subscription_items/{item}")
def retrieve(call: Call, item: str) -> dict[str, Any]:
    return item_and_owner(call, item)[0]


@route("GET /v1/subscription_items")
def list_items(call: Call) -> dict[str, Any]:
    subscription = call.world.find("subscription", call.params["subscription"], "subscription")
    return call.page(subscription["items"]["data"])


@route("POST /v1/subscription_items")
def create(call: Call) -> dict[str, Any]:
    if not call.get("price") and not call.get("price_data"):
        raise missing_parameter("price")
    subscription = call.world.find("subscription", call.params["subscription"], "subscription")
    before = {item["id"] for item in subscription["items"]["data"]}
    change(call, subscription, entry_of(call))
    waiting = (subscription["pending_update"] or {}).get("subscription_items") or []
    found: list[dict[str, Any]] = [*subscription["items"]["data"], *waiting]
    return next(item for item in found if item["id"] not in before)


@route("POST /v1/subscription_items/{item}")
def update(call: Call, item: str) -> dict[str, Any]:
    _, subscription = item_and_owner(call, item)
    change(call, subscription, {"id": item, **entry_of(call)})
    found: list[dict[str, Any]] = subscription["items"]["data"]
    return next(entry for entry in found if entry["id"] == item)


@route("DELETE /v1/subscription_items/{item}")
def delete(call: Call, item: str) -> dict[str, Any]:
    _, subscription = item_and_owner(call, item)
    change(call, subscription, {"id": item, "deleted": True})
    return {"id": item, "object": "subscription_item", "_deleted": True}


def entry_of(call: Call) -> dict[str, Any]:
    return {name: call.params[name] for name in ITEM_FIELDS if name in call.params}


def change(call: Call, subscription: dict[str, Any], entry: dict[str, Any]) -> None:
    params = {name: call.params[name] for name in PASSED if name in call.params}
    refuse(call, modify(call.world, subscription, {**params, "items": [entry]}))
