"""`create_preview`: the change is made, its invoice taken, and all is undone.

So a preview cannot differ from the invoice that follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import Call, route
from stripe_sandbox.api.expand import expand
from stripe_sandbox.billing.amounts.periods import period_of
from stripe_sandbox.billing.customers.customer_object import new_customer
from stripe_sandbox.billing.invoices.invoicing import draft
from stripe_sandbox.billing.subscriptions.changing import apply
from stripe_sandbox.billing.subscriptions.renewing import upcoming
from stripe_sandbox.billing.subscriptions.subscribing import LIVE, outline
from stripe_sandbox.billing.subscriptions.subscription_object import set_tax
from stripe_sandbox.errors import InvalidRequest, missing_parameter, wrong_state
from stripe_sandbox.rendering import whole_invoice
from stripe_sandbox.resources.invoice_items import new_item
from stripe_sandbox.resources.subscriptions import credit_rest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Object = dict[str, Any]


@route("POST /v1/invoices/create_preview")
def create_preview(call: Call) -> Object:
    call.world.discard()
    invoice = preview(call.world, call.params)
    shown = invoice if invoice["id"].startswith("upcoming_") else whole_invoice(call.world, invoice)
    return {"_finished": expand(call.world, imagined(shown), call.get("expand") or [])}


def imagined(shown: Object) -> Object:
    """A preview has an id that leads nowhere."""
    name = shown["id"] if shown["id"].startswith("upcoming_") else f"upcoming_{shown['id']}"
    shown["lines"]["url"] = f"/v1/invoices/{name}/lines"
    return shown | {"id": name, "billing_reason": "upcoming"}


def preview(world: World, params: Object) -> Object:
    details = dict(params.get("subscription_details") or {})
    customer = buyer(world, params)
    if customer:
        override(world, customer, params)
    subscription = subject(world, params, customer, details)
    if subscription is None and details.get("items"):
        return first_invoice(world, params, details, customer)
    if subscription is None:
        return loose_items(world, params, customer)
    return next_invoice(world, subscription, params, details)


def buyer(world: World, params: Object) -> Object | None:
    """The customer it is about: named, the subscription's, or one who exists only in `customer_details`."""
    if params.get("subscription"):
        return world.find(
            "customer", world.find("subscription", params["subscription"], "subscription")["customer"]
        )
    if params.get("customer"):
        return world.find("customer", params["customer"], "customer")
    if params.get("customer_details"):
        return new_customer(world, {})
    if params.get("schedule"):
        return None
    raise missing_parameter("customer")


def override(world: World, customer: Object, params: Object) -> None:
    given = params.get("customer_details") or {}
    world.touch(customer)
    for name in ("address", "shipping", "tax_exempt"):
        if name in given:
            customer[name] = given[name] or ("none" if name == "tax_exempt" else None)
    if "tax_ids" in given:
        for known in world.where("tax_id", customer=customer["id"]):
            world.remove(known)
        for position, tax_id in enumerate(given["tax_ids"]):
            world.add({"id": f"txi_{position}", "object": "tax_id", "customer": customer["id"], **tax_id})


def subject(world: World, params: Object, customer: Object | None, details: Object) -> Object | None:
    """The subscription named, else the customer's next to renew; none for a new one or for loose items."""
    if params.get("subscription"):
        return world.find("subscription", params["subscription"], "subscription")
    if params.get("schedule"):
        return scheduled(world, params["schedule"])
    if details.get("items") or customer is None:
        return None
    found = [sub for sub in world.where("subscription", customer=customer["id"]) if sub["status"] in LIVE]
    return min(found, key=lambda sub: period_of(sub)[1], default=None)


def scheduled(world: World, schedule_id: str) -> Object:
    schedule = world.find("subscription_schedule", schedule_id, "schedule")
    found = world.get(schedule["subscription"] or "")
    if found is None:
        message = "The sandbox previews schedules whose subscription has begun."
        raise InvalidRequest(message, param="schedule")
    return found


def next_invoice(world: World, subscription: Object, params: Object, details: Object) -> Object:
    if params.get("schedule_details"):
        message = "The sandbox previews schedules as they are; change the schedule and preview it."
        raise InvalidRequest(message, param="schedule_details")
    world.touch(subscription)
    set_tax(world, subscription, {n: params[n] for n in ("automatic_tax",) if n in params})
    add_items(world, world.find("customer", subscription["customer"]), params, subscription)
    if details.get("cancel_now"):
        return last_invoice(world, subscription, details)
    if "discounts" in params:
        details["discounts"] = params["discounts"]
    invoice = apply(world, subscription, details) if details else None
    if params.get("preview_mode") == "recurring":
        hide_waiting(world, subscription)
        invoice = None
    if invoice is None:
        invoice = what_comes(world, subscription)
    note_proration_date(world, subscription, details, invoice)
    return invoice


def note_proration_date(world: World, subscription: Object, details: Object, invoice: Object) -> None:
    """The moment its prorations are for, to be given with the update that is to charge the same."""
    if details.get("items") and details.get("proration_behavior") != "none":
        at = details.get("proration_date") or world.now(subscription["customer"])
        invoice["parent"]["subscription_details"]["subscription_proration_date"] = at


def what_comes(world: World, subscription: Object) -> Object:
    """The renewal; of a subscription that ends with its period, what waits to be settled at the end."""
    ends, is_live = subscription["cancel_at"], subscription["status"] in LIVE
    start, end = period_of(subscription)
    if is_live and not (ends and ends <= end):
        return upcoming(world, subscription)
    customer = world.find("customer", subscription["customer"])
    waiting = world.where("invoiceitem", customer=customer["id"], invoice=None)
    if not is_live or not waiting:
        raise wrong_state(
            "No upcoming invoices for customer: the subscription ends.", "invoice_upcoming_none"
        )
    return draft(world, customer, subscription, "subscription_cycle", [], (start, end))


def hide_waiting(world: World, subscription: Object) -> None:
    """Only what recurs counts: neither prorations nor other items that wait."""
    for item in world.where("invoiceitem", customer=subscription["customer"], invoice=None):
        world.update(item, invoice="hidden")


def last_invoice(world: World, subscription: Object, details: Object) -> Object:
    """Canceled now: what waits, and with prorations the unused time."""
    if details.get("proration_behavior", "create_prorations") != "none":
        credit_rest(world, subscription)
    customer = world.find("customer", subscription["customer"])
    now = world.now(customer["id"])
    return draft(world, customer, subscription, "subscription_update", [], (now, now))


def first_invoice(world: World, params: Object, details: Object, customer: Object | None) -> Object:
    """The invoice of a subscription that is not there yet."""
    buyer_id = customer["id"] if customer else None
    given = {**details, "customer": buyer_id}
    for name in ("currency", "discounts", "automatic_tax"):
        if name in params:
            given[name] = params[name]
    if params.get("invoice_items") and customer:
        add_items(world, customer, params, None)
    return outline(world, given)[1]


def loose_items(world: World, params: Object, customer: Object | None) -> Object:
    """Without any subscription: what waits for the customer, and what the preview adds."""
    if customer is None:
        raise missing_parameter("customer")
    add_items(world, customer, params, None)
    if not world.where("invoiceitem", customer=customer["id"], invoice=None):
        raise wrong_state("No upcoming invoices for customer.", "invoice_upcoming_none")
    now = world.now(customer["id"])
    return draft(world, customer, None, "manual", [], (now, now))


def add_items(world: World, customer: Object, params: Object, subscription: Object | None) -> None:
    for position, entry in enumerate(params.get("invoice_items") or []):
        given = {name: value for name, value in entry.items() if name != "invoiceitem"}
        if entry.get("invoiceitem"):
            replaced = world.find(
                "invoiceitem", entry["invoiceitem"], f"invoice_items[{position}][invoiceitem]"
            )
            world.remove(replaced)
        currency = given.get("currency") or (subscription or customer)["currency"]
        world.add(new_item(world, customer, {"currency": currency or "usd", **given}))
