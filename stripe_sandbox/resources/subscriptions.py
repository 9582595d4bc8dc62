"""Subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.api.pagination import created_matches
from stripe_sandbox.billing.amounts.discounts import set_discounts
from stripe_sandbox.billing.amounts.periods import billed_period, period_of
from stripe_sandbox.billing.subscriptions.changing import bill, modify, update_invoice
from stripe_sandbox.billing.subscriptions.ending import cancel_now
from stripe_sandbox.billing.subscriptions.prorating import credit_all, pending_of, snapshot
from stripe_sandbox.billing.subscriptions.resuming import resume_paused
from stripe_sandbox.billing.subscriptions.subscribing import ENDED, begin
from stripe_sandbox.billing.subscriptions.subscription_object import billing_mode
from stripe_sandbox.errors import CardError, InvalidRequest, MissingObject, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World

OF_CUSTOMER = "/v1/customers/{customer}/subscriptions/{subscription_exposed_id}"


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
    """Pending prorations are forgotten unless `prorate` or `invoice_now` says otherwise."""
    subscription = call.world.find("subscription", subscription_exposed_id)
    if subscription["status"] in ENDED:
        raise MissingObject("subscription", subscription_exposed_id)
    details = {k: v or None for k, v in (call.get("cancellation_details") or {}).items()}
    details.pop("feedback_option", None)
    call.world.touch(subscription)["cancellation_details"] |= details
    end_now(call.world, subscription, bool(call.get("prorate")), bool(call.get("invoice_now")))
    return subscription


def end_now(world: World, subscription: dict[str, Any], prorate: bool, invoice_now: bool) -> None:
    if prorate and subscription["status"] not in ("trialing", "paused", "incomplete"):
        credit_rest(world, subscription)
    if not prorate and not invoice_now:
        forget_prorations(world, subscription)
    cancel_now(world, subscription)
    if invoice_now and pending_of(world, subscription):
        invoice = update_invoice(world, subscription, [])
        world.update(subscription, latest_invoice=invoice["id"])
        bill(world, invoice, None)


def credit_rest(world: World, subscription: dict[str, Any]) -> None:
    at = world.now(subscription["customer"])
    credit_all(world, subscription, snapshot(world, subscription), billed_period(world, subscription), at)


def forget_prorations(world: World, subscription: dict[str, Any]) -> None:
    for pending in pending_of(world, subscription):
        if pending["proration"]:
            world.emit("invoiceitem.deleted", pending)
            world.remove(pending)


@route("POST /v1/subscriptions/{subscription}/resume")
def resume(call: Call, subscription: str) -> dict[str, Any]:
    found = call.world.find("subscription", subscription)
    resume_paused(call.world, found, call.params)
    return found


@route("POST /v1/subscriptions/{subscription}/migrate")
def migrate(call: Call, subscription: str) -> dict[str, Any]:
    """From classic to flexible billing; there is no way back."""
    found = call.world.find("subscription", subscription)
    if found["billing_mode"]["type"] == "flexible":
        raise wrong_state("This subscription is billed flexibly already.", param="billing_mode[type]")
    if found["status"] in ENDED:
        raise InvalidRequest("A subscription that has ended cannot be migrated.", param="subscription")
    with call.world.changing(found, "customer.subscription.updated"):
        mode = billing_mode(call.params["billing_mode"])
        found["billing_mode"] = mode | {"updated_at": call.world.now(found["customer"])}
    return found


@route("DELETE /v1/subscriptions/{subscription_exposed_id}/discount")
def delete_discount(call: Call, subscription_exposed_id: str) -> dict[str, Any]:
    subscription = call.world.find("subscription", subscription_exposed_id)
    if not subscription["discounts"]:
        raise MissingObject("discount", subscription_exposed_id)
    gone = call.world.find("discount", subscription["discounts"][0])
    with call.world.changing(subscription, "customer.subscription.updated"):
        own = {"subscription": subscription["id"]}
        set_discounts(call.world, subscription, "", subscription["customer"], **own)
    shown = {key: value for key, value in call.world.render(gone).items() if key != "end"}
    return {**shown, "deleted": True}


def of_customer(call: Call, customer: str, subscription_id: str) -> dict[str, Any]:
    call.world.find("customer", customer)
    found = call.world.find("subscription", subscription_id)
    if found["customer"] != customer:
        raise MissingObject("subscription", subscription_id)
    return found


@route(f"GET {OF_CUSTOMER}")
def retrieve_of_customer(call: Call, customer: str, subscription_exposed_id: str) -> dict[str, Any]:
    return of_customer(call, customer, subscription_exposed_id)


@route(f"POST {OF_CUSTOMER}")
def update_of_customer(call: Call, customer: str, subscription_exposed_id: str) -> dict[str, Any]:
    of_customer(call, customer, subscription_exposed_id)
    return update(call, subscription_exposed_id)


@route(f"DELETE {OF_CUSTOMER}")
def cancel_of_customer(call: Call, customer: str, subscription_exposed_id: str) -> dict[str, Any]:
    of_customer(call, customer, subscription_exposed_id)
    return cancel(call, subscription_exposed_id)


@route(f"DELETE {OF_CUSTOMER}/discount")
def delete_discount_of_customer(call: Call, customer: str, subscription_exposed_id: str) -> dict[str, Any]:
    of_customer(call, customer, subscription_exposed_id)
    return delete_discount(call, subscription_exposed_id)


@route("GET /v1/subscriptions")
def list_subscriptions(call: Call) -> dict[str, Any]:
    found = call.asked_for("subscription", "customer", "customer_account", "collection_method", "test_clock")
    if "price" in call.params:
        found = [sub for sub in found if call.params["price"] in price_ids(sub)]
    if "automatic_tax" in call.params:
        wanted = call.params["automatic_tax"]["enabled"]
        found = [sub for sub in found if sub["automatic_tax"]["enabled"] == wanted]
    if not {"customer", "test_clock"} & set(call.params):
        found = [sub for sub in found if not sub["test_clock"]]
    return call.page([sub for sub in found if matches(call, sub)])


def matches(call: Call, subscription: dict[str, Any]) -> bool:
    return status_matches(subscription, call.get("status")) and period_matches(call, subscription)


def period_matches(call: Call, subscription: dict[str, Any]) -> bool:
    """Only asked when somebody wants to know: one patched by hand may have no item to take a period from."""
    if not {"current_period_start", "current_period_end"} & set(call.params):
        return True
    start, end = period_of(subscription)
    return created_matches({"created": start}, call.get("current_period_start")) and created_matches(
        {"created": end}, call.get("current_period_end")
    )


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
