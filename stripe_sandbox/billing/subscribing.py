"""Subscriptions: how one begins and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing import money
from stripe_sandbox.billing.billing_cycle import DAY, period_end, shifted
from stripe_sandbox.billing.discounts import coupon_of, new_discount
from stripe_sandbox.billing.invoice_lines import is_metered, period_lines, price_of
from stripe_sandbox.billing.invoicing import announce, draft, finalize
from stripe_sandbox.billing.payments import collect, require_method
from stripe_sandbox.billing.subscription_object import blank
from stripe_sandbox.errors import CardError, InvalidRequest, MissingObject, missing_parameter
from stripe_sandbox.ids import new_id

if TYPE_CHECKING:
    from stripe_sandbox.world import World

LIVE = {"trialing", "active", "past_due", "unpaid", "paused"}
ENDED = {"canceled", "incomplete_expired"}


def begin(
    world: World,
    params: dict[str, Any],
    method: dict[str, Any] | None = None,
    present: bool = False,
    authenticated: bool = False,
) -> tuple[dict[str, Any], CardError | None]:
    """A new subscription with its first invoice, and why that could not be paid, if so."""
    subscription, invoice = outline(world, params, method)
    world.emit("customer.subscription.created", subscription)
    announce(world, invoice)
    if (
        subscription["status"] == "trialing"
        and subscription["trial_end"] - world.now(subscription["customer"]) <= 3 * DAY
    ):
        world.update(subscription, _trial_notice=True)
        world.emit("customer.subscription.trial_will_end", subscription)
    finalize(world, invoice)
    refusal = None
    waits = params.get("payment_behavior") == "default_incomplete"
    if invoice["status"] == "open" and not waits and invoice["collection_method"] == "charge_automatically":
        if method is None:
            require_method(world, invoice)
        refusal = collect(world, invoice, method, present, authenticated)
    settle_status(world, subscription, invoice)
    return subscription, refusal


def outline(
    world: World, params: dict[str, Any], method: dict[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The subscription and its first invoice as a draft; nothing is announced or paid yet."""
    customer = living_customer(world, params)
    now = world.now(customer["id"])
    trial_end = trial_until(params, now)
    subscription = blank(world, customer, params, now, trial_end)
    if method:
        subscription["default_payment_method"] = method["id"]
    anchor = params.get("billing_cycle_anchor")
    subscription["billing_cycle_anchor"] = trial_end or (anchor if isinstance(anchor, int) else now)
    add_items(world, subscription, params.get("items") or [], now)
    world.add(subscription)
    start_discounts(world, subscription, params.get("discounts") or [])
    set_cancellation(world, subscription, params)
    start, end = period_of(subscription)
    lines = period_lines(world, subscription, start, end, trial=bool(trial_end))
    if not trial_end and subscription["billing_cycle_anchor"] > now:
        shorten(world, subscription, lines, params.get("proration_behavior", "create_prorations"))
    invoice = draft(world, customer, subscription, "subscription_create", lines, (start, start))
    subscription["latest_invoice"] = invoice["id"]
    return subscription, invoice


def shorten(world: World, subscription: dict[str, Any], lines: list[dict[str, Any]], behavior: str) -> None:
    """An anchor in the future makes the first period a short one: its part of a whole one, or free."""
    start, end = period_of(subscription)
    recurring = price_of(world, subscription["items"]["data"][0])["recurring"]
    whole = end - shifted(end, recurring["interval"], -recurring["interval_count"])
    for line in lines:
        line["amount"] = 0 if behavior == "none" else money.share(line["amount"], end - start, whole)
        line["subtotal"] = line["amount"]


def settle_status(world: World, subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
    by_hand = subscription["collection_method"] == "send_invoice"
    if subscription["status"] == "incomplete" and (invoice["status"] == "paid" or by_hand):
        with world.changing(subscription, "customer.subscription.updated"):
            subscription["status"] = "active"


def living_customer(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if not params.get("customer"):
        raise missing_parameter("customer")
    customer = world.find("customer", params["customer"], "customer")
    if customer.get("_deleted"):
        raise MissingObject("customer", customer["id"], "customer", 400)
    return customer


def trial_until(params: dict[str, Any], now: int) -> int | None:
    if params.get("trial_period_days"):
        return int(now + params["trial_period_days"] * DAY)
    end = params.get("trial_end")
    if end in (None, "now", ""):
        return None
    if end <= now:
        raise InvalidRequest("The trial end must be in the future.", param="trial_end")
    return int(end)


def add_items(world: World, subscription: dict[str, Any], given: list[dict[str, Any]], now: int) -> None:
    if not given:
        raise missing_parameter("items")
    for position, entry in enumerate(given):
        add_item(world, subscription, entry, f"items[{position}]", now)
    start = now
    first = price_of(world, subscription["items"]["data"][0])
    subscription["currency"] = first["currency"]
    end = subscription["trial_end"] or first_end(subscription, first, start)
    set_period(subscription, start, end)


def first_end(subscription: dict[str, Any], price: dict[str, Any], start: int) -> int:
    recurring = price["recurring"]
    return period_end(
        subscription["billing_cycle_anchor"], start, recurring["interval"], recurring["interval_count"]
    )


def add_item(
    world: World, subscription: dict[str, Any], entry: dict[str, Any], name: str, now: int
) -> dict[str, Any]:
    price = usable_price(world, entry, name)
    items = subscription["items"]["data"]
    for other in items:
        check_fit(price, price_of(world, other), name)
        if price_of(world, other)["id"] == price["id"]:
            message = f"This subscription already has an item with the price {price['id']}."
            raise InvalidRequest(message, param=f"{name}[price]")
    item: dict[str, Any] = {
        "id": new_id("subscription_item"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": now,
        "current_period_start": now,
        "discounts": [],
        "metadata": {k: v for k, v in (entry.get("metadata") or {}).items() if v != ""},
        "price": price["id"],
        "quantity": quantity_of(price, entry, name),
        "subscription": subscription["id"],
        "tax_rates": [],
    }
    if item["quantity"] is None:
        del item["quantity"]
    items.append(item)
    return item


def usable_price(world: World, entry: dict[str, Any], name: str) -> dict[str, Any]:
    if not entry.get("price"):
        raise missing_parameter(f"{name}[price]")
    price = world.find("price", entry["price"], f"{name}[price]")
    if price["type"] != "recurring":
        message = f"The price {price['id']} is one-time; a subscription needs recurring prices."
        raise InvalidRequest(message, param=f"{name}[price]")
    if not price["active"]:
        raise InvalidRequest(f"The price {price['id']} is inactive.", param=f"{name}[price]")
    return price


def check_fit(price: dict[str, Any], other: dict[str, Any], name: str) -> None:
    if price["currency"] != other["currency"]:
        message = "All prices on a subscription must have the same currency."
        raise InvalidRequest(message, param=f"{name}[price]")
    rhythm = ("interval", "interval_count")
    if any(price["recurring"][part] != other["recurring"][part] for part in rhythm):
        raise InvalidRequest(
            "All prices on a subscription must have the same interval here.", param=f"{name}[price]"
        )


def quantity_of(price: dict[str, Any], entry: dict[str, Any], name: str) -> int | None:
    if is_metered(price):
        if "quantity" in entry:
            raise InvalidRequest("A metered price takes no quantity.", param=f"{name}[quantity]")
        return None
    quantity = entry.get("quantity", 1)
    if quantity < 0:
        raise InvalidRequest("Invalid quantity.", code="parameter_invalid_integer", param=f"{name}[quantity]")
    return int(quantity)


def period_of(subscription: dict[str, Any]) -> tuple[int, int]:
    """Start and end; a test may have patched the item's away, then the subscription's own count."""
    item = subscription["items"]["data"][0]
    start = (
        item.get("current_period_start")
        or subscription.get("current_period_start")
        or subscription["start_date"]
    )
    end = item.get("current_period_end") or subscription.get("current_period_end") or start + 30 * DAY
    return start, end


def set_period(subscription: dict[str, Any], start: int, end: int) -> None:
    for item in subscription["items"]["data"]:
        item["current_period_start"] = start
        item["current_period_end"] = end


def start_discounts(world: World, subscription: dict[str, Any], given: list[dict[str, Any]]) -> None:
    for entry in given or []:
        coupon, code = coupon_of(world, entry)
        discount = new_discount(
            world, coupon, subscription["customer"], subscription["id"], subscription["created"], code
        )
        subscription["discounts"].append(discount["id"])


def set_cancellation(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> None:
    """`cancel_at_period_end` and `cancel_at`, folded as Stripe does: the flag also sets the date."""
    now = world.now(subscription["customer"])
    if "cancel_at_period_end" in params:
        ends = params["cancel_at_period_end"]
        subscription["cancel_at_period_end"] = ends
        subscription["cancel_at"] = period_of(subscription)[1] if ends else None
    if "cancel_at" in params:
        subscription["cancel_at"] = cancel_date(subscription, params["cancel_at"], now)
        subscription["cancel_at_period_end"] = False
    if {"cancel_at", "cancel_at_period_end"} & set(params):
        set_to_end = subscription["cancel_at"] is not None
        subscription["canceled_at"] = (subscription["canceled_at"] or now) if set_to_end else None
        subscription["cancellation_details"]["reason"] = "cancellation_requested" if set_to_end else None
        if not set_to_end:
            subscription["cancellation_details"] |= {"comment": None, "feedback": None}


def cancel_date(subscription: dict[str, Any], given: Any, now: int) -> int | None:
    if given in ("", None):
        return None
    if given in ("min_period_end", "max_period_end"):
        return period_of(subscription)[1]
    if int(given) <= now:
        raise InvalidRequest("`cancel_at` must be in the future.", param="cancel_at")
    return int(given)
