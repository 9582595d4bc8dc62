"""Subscriptions and their items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.billing.changing import add_proration, modify, resume_paused, snapshot
from stripe_sandbox.billing.ending import cancel_now
from stripe_sandbox.billing.invoicing import announce, draft, finalize
from stripe_sandbox.billing.payments import collect
from stripe_sandbox.billing.subscribing import ENDED, begin, period_of
from stripe_sandbox.errors import CardError, FailedPayment, MissingObject, missing_parameter

if TYPE_CHECKING:
    from stripe_sandbox.world import World


@route("POST /v1/subscriptions")
def create(call: Call) -> dict[str, Any]:
    subscription, refusal = begin(call.world, call.params)
    refuse(call, refusal)
    return subscription


@route("POST /v1/customers/{customer}/subscriptions")
def create_for_customer(call: Call, customer: str) -> dict[str, Any]:
    call.params["customer"] = customer
    return create(call)


def refuse(call: Call, refusal: CardError | None) -> None:
    if refusal and call.get("payment_behavior") == "error_if_incomplete":
        raise refusal


@route("GET /v1/subscriptions/{subscription_exposed_id}")
def retrieve(call: Call, subscription_exposed_id: str) -> dict[str, Any]:
    return call.world.find("subscription", subscription_exposed_id)


@route("POST /v1/subscriptions/{subscription_exposed_id}")
def update(call: Call, subscription_exposed_id: str) -> dict[str, Any]:
    subscription = call.world.find("subscription", subscription_exposed_id)
    refuse(call, modify(call.world, subscription, call.params))
    return subscription


@route("DELETE /v1/subscriptions/{subscription_exposed_id}")
def cancel(call: Call, subscription_exposed_id: str) -> dict[str, Any]:
    subscription = call.world.find("subscription", subscription_exposed_id)
    if subscription["status"] in ENDED:
        raise MissingObject("subscription", subscription_exposed_id)
    details = {k: v or None for k, v in (call.get("cancellation_details") or {}).items()}
    call.world.touch(subscription)["cancellation_details"] |= details
    if call.get("prorate"):
        credit_rest(call.world, subscription)
    cancel_now(call.world, subscription)
    if call.get("invoice_now"):
        invoice_pending(call.world, subscription)
    return subscription


def credit_rest(world: World, subscription: dict[str, Any]) -> None:
    at, period = world.now(subscription["customer"]), period_of(subscription)
    for item, price in snapshot(world, subscription):
        add_proration(world, subscription, item, price, period, at, credit=True)


def invoice_pending(world: World, subscription: dict[str, Any]) -> None:
    now = world.now(subscription["customer"])
    customer = world.find("customer", subscription["customer"])
    invoice = draft(world, customer, subscription, "subscription_update", [], (now, now))
    world.update(subscription, latest_invoice=invoice["id"])
    announce(world, invoice)
    finalize(world, invoice)
    if invoice["status"] == "open":
        collect(world, invoice)


@route("POST /v1/subscriptions/{subscription}/resume")
def resume(call: Call, subscription: str) -> dict[str, Any]:
    found = call.world.find("subscription", subscription)
    refusal = resume_paused(call.world, found, call.params)
    if refusal:
        raise FailedPayment(refusal.message, refusal.code or "card_declined")
    return found


@route("GET /v1/subscriptions")
def list_subscriptions(call: Call) -> dict[str, Any]:
    found = call.world.all("subscription")
    for name in ("customer", "collection_method", "test_clock"):
        if name in call.params:
            found = [sub for sub in found if sub[name] == call.params[name]]
    if "price" in call.params:
        found = [sub for sub in found if call.params["price"] in price_ids(sub)]
    if not {"customer", "test_clock"} & set(call.params):
        found = [sub for sub in found if not sub["test_clock"]]
    return call.page([sub for sub in found if status_matches(sub, call.get("status"))])


def price_ids(subscription: dict[str, Any]) -> list[str]:
    prices = [item["price"] for item in subscription["items"]["data"]]
    return [price["id"] if isinstance(price, dict) else price for price in prices]


def status_matches(subscription: dict[str, Any], wanted: str | None) -> bool:
    """Without a status, Stripe leaves the canceled ones out."""
    status = subscription["status"]
    if wanted is None:
        return status != "canceled"
    return wanted == "all" or status == wanted or (wanted == "ended" and status in ENDED)


@route("GET /v1/customers/{customer}/subscriptions")
def list_for_customer(call: Call, customer: str) -> dict[str, Any]:
    call.world.find("customer", customer)
    found = call.world.where("subscription", customer=customer)
    return call.page([sub for sub in found if status_matches(sub, call.get("status"))])


def item_and_owner(call: Call, item_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for subscription in call.world.all("subscription"):
        for item in subscription["items"]["data"]:
            if item["id"] == item_id:
                return item, subscription
    raise MissingObject("subscription_item", item_id)


@route("GET /v1/subscription_items/{item}")
def retrieve_item(call: Call, item: str) -> dict[str, Any]:
    return item_and_owner(call, item)[0]


@route("GET /v1/subscription_items")
def list_items(call: Call) -> dict[str, Any]:
    subscription = call.world.find("subscription", call.params["subscription"], "subscription")
    return call.page(subscription["items"]["data"])


@route("POST /v1/subscription_items")
def create_item(call: Call) -> dict[str, Any]:
    if not call.get("price"):
        raise missing_parameter("price")
    subscription = call.world.find("subscription", call.params["subscription"], "subscription")
    change_item(call, subscription, {name: call.params[name] for name in ITEM_FIELDS if name in call.params})
    found: dict[str, Any] = subscription["items"]["data"][-1]
    return found


ITEM_FIELDS = ("price", "quantity", "metadata")


@route("POST /v1/subscription_items/{item}")
def update_item(call: Call, item: str) -> dict[str, Any]:
    found, subscription = item_and_owner(call, item)
    entry = {name: call.params[name] for name in ITEM_FIELDS if name in call.params}
    change_item(call, subscription, {"id": item, **entry})
    return next(entry for entry in subscription["items"]["data"] if entry["id"] == found["id"])


@route("DELETE /v1/subscription_items/{item}")
def delete_item(call: Call, item: str) -> dict[str, Any]:
    _, subscription = item_and_owner(call, item)
    change_item(call, subscription, {"id": item, "deleted": True})
    return {"id": item, "object": "subscription_item", "_deleted": True}


def change_item(call: Call, subscription: dict[str, Any], entry: dict[str, Any]) -> None:
    passed = ("proration_behavior", "proration_date", "payment_behavior")
    params = {name: call.params[name] for name in passed if name in call.params}
    refuse(call, modify(call.world, subscription, {**params, "items": [entry]}))
