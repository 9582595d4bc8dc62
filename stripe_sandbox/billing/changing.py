"""Changes to a running subscription: items and their prorations, trial, pause, cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import set_metadata
from stripe_sandbox.billing import money
from stripe_sandbox.billing.discounts import net_of_percent
from stripe_sandbox.billing.invoice_lines import add_pending, day, is_metered, name_of, period_lines, price_of
from stripe_sandbox.billing.invoicing import announce, draft, finalize
from stripe_sandbox.billing.payments import collect
from stripe_sandbox.billing.subscribing import (
    ENDED,
    add_item,
    first_end,
    period_of,
    quantity_of,
    set_cancellation,
    set_period,
    start_discounts,
    trial_until,
    usable_price,
)
from stripe_sandbox.billing.subscription_object import own_method, trial_settings
from stripe_sandbox.errors import InvalidRequest, MissingObject, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.errors import CardError
    from stripe_sandbox.world import World

AFTER_END = {"cancellation_details", "metadata", "expand"}


def modify(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> CardError | None:
    """Apply an update and collect what it bills at once. Answers why that was not paid, if so."""
    with world.changing(subscription, "customer.subscription.updated"):
        invoice = apply(world, subscription, params)
        if invoice:
            subscription["latest_invoice"] = invoice["id"]
    if invoice is None:
        return None
    announce(world, invoice)
    finalize(world, invoice)
    if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
        return collect(world, invoice)
    return None


def apply(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> dict[str, Any] | None:
    """The change itself; answers the invoice (still a draft) that it makes at once."""
    if subscription["status"] in ENDED and set(params) - AFTER_END:
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise InvalidRequest(message, param=sorted(set(params) - AFTER_END)[0])
    world.touch(subscription)
    set_plain(world, subscription, params)
    invoice = change_items(world, subscription, params)
    if "discounts" in params:
        subscription["discounts"] = []
        start_discounts(world, subscription, params["discounts"] or [])
    if {"cancel_at", "cancel_at_period_end"} & set(params):
        set_cancellation(world, subscription, params)
    if "pause_collection" in params:
        given = params["pause_collection"]
        subscription["pause_collection"] = {"resumes_at": None, **given} if given else None
    return invoice


def set_plain(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> None:
    set_metadata(subscription, params.get("metadata"))
    for name in ("description", "collection_method", "days_until_due"):
        if name in params:
            subscription[name] = params[name] or None
    if "default_payment_method" in params:
        customer = world.find("customer", subscription["customer"])
        subscription["default_payment_method"] = own_method(world, customer, params["default_payment_method"])
    for name in ("payment_settings", "cancellation_details"):
        subscription[name] |= {k: v or None for k, v in (params.get(name) or {}).items()}
    if params.get("trial_settings"):
        subscription["trial_settings"] = trial_settings(params)


def change_items(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> dict[str, Any] | None:
    now = world.now(subscription["customer"])
    at = params.get("proration_date", now)
    behavior = params.get("proration_behavior", "create_prorations")
    before = snapshot(world, subscription)
    period = period_of(subscription)
    set_items(world, subscription, params.get("items") or [], now)
    was_trialing = subscription["status"] == "trialing"
    if "trial_end" in params:
        set_trial(world, subscription, params, now)
    if subscription["status"] == "trialing":
        return None
    if (
        was_trialing
        or rhythm_changed(world, before, subscription)
        or params.get("billing_cycle_anchor") == "now"
    ):
        credit = behavior != "none" and not was_trialing
        return restart_period(world, subscription, before if credit else [], period, at)
    if behavior != "none":
        prorate(world, subscription, before, period, at)
    if behavior == "always_invoice" and pending_of(world, subscription):
        return update_invoice(world, subscription, [], now)
    return None


Before = list[tuple[dict[str, Any], dict[str, Any]]]


def snapshot(world: World, subscription: dict[str, Any]) -> Before:
    return [(dict(item), price_of(world, item)) for item in subscription["items"]["data"]]


def set_items(world: World, subscription: dict[str, Any], given: list[dict[str, Any]], now: int) -> None:
    start, end = period_of(subscription)
    added = []
    for position, entry in enumerate(given):
        name = f"items[{position}]"
        if "id" in entry:
            set_item(world, subscription, entry, name)
        else:
            added.append((entry, name))
    for entry, name in added:
        item = add_item(world, subscription, entry, name, now)
        item["current_period_start"], item["current_period_end"] = start, end
    if not subscription["items"]["data"]:
        raise InvalidRequest("A subscription must keep at least one item.", param="items")
    if len({rhythm(price_of(world, item)) for item in subscription["items"]["data"]}) > 1:
        raise InvalidRequest("All prices on a subscription must have the same interval here.", param="items")


def set_item(world: World, subscription: dict[str, Any], entry: dict[str, Any], name: str) -> None:
    items = subscription["items"]["data"]
    item = next((item for item in items if item["id"] == entry["id"]), None)
    if item is None:
        raise MissingObject("subscription item", entry["id"], f"{name}[id]", 400)
    if entry.get("deleted"):
        items.remove(item)
        return
    if entry.get("price"):
        price = usable_price(world, entry, name)
        if price["currency"] != subscription["currency"]:
            message = "The price's currency must be the subscription's."
            raise InvalidRequest(message, param=f"{name}[price]")
        item["price"] = price["id"]
    if "quantity" in entry:
        item["quantity"] = quantity_of(price_of(world, item), entry, name)
    set_metadata(item, entry.get("metadata"))


def rhythm(price: dict[str, Any]) -> tuple[str, int]:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


def rhythm_changed(world: World, before: Before, subscription: dict[str, Any]) -> bool:
    return rhythm(before[0][1]) != rhythm(price_of(world, subscription["items"]["data"][0]))


def prorate(
    world: World, subscription: dict[str, Any], before: Before, period: tuple[int, int], at: int
) -> None:
    """Per item: credit what was billed for the rest of the period, charge what it costs now."""
    old = {item["id"]: (item, price) for item, price in before}
    new = {item["id"]: (item, price_of(world, item)) for item in subscription["items"]["data"]}
    for item_id in {**old, **new}:
        was, now = old.get(item_id), new.get(item_id)
        if was and now and (was[1]["id"], was[0].get("quantity")) == (now[1]["id"], now[0].get("quantity")):
            continue
        if was:
            add_proration(world, subscription, *was, period, at, credit=True)
        if now:
            add_proration(world, subscription, *now, period, at, credit=False)


def add_proration(
    world: World,
    subscription: dict[str, Any],
    item: dict[str, Any],
    price: dict[str, Any],
    period: tuple[int, int],
    at: int,
    credit: bool,
) -> None:
    if is_metered(price):
        return
    start, end = period
    quantity = item.get("quantity") or 0
    part = money.share(money.amount(price, quantity), max(0, end - at), end - start)
    part = net_of_percent(world, subscription["discounts"], part, at)
    words = "Unused time on" if credit else "Remaining time on"
    text = f"{words} {quantity} × {name_of(world, price)} after {day(at)}"
    add_pending(world, subscription, item, -part if credit else part, text, quantity, (at, end))


def pending_of(world: World, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    found = world.where("invoiceitem", customer=subscription["customer"], invoice=None)
    return [
        p
        for p in found
        if (p["parent"] or {}).get("subscription_details", {}).get("subscription") == subscription["id"]
    ]


def restart_period(
    world: World, subscription: dict[str, Any], credited: Before, period: tuple[int, int], at: int
) -> dict[str, Any]:
    """A new rhythm (or the end of a trial) begins a period now and bills it at once."""
    for item, price in credited:
        add_proration(world, subscription, item, price, period, at, credit=True)
    now = world.now(subscription["customer"])
    subscription["billing_cycle_anchor"] = now
    set_period(
        subscription, now, first_end(subscription, price_of(world, subscription["items"]["data"][0]), now)
    )
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = period_of(subscription)[1]
    lines = period_lines(world, subscription, *period_of(subscription))
    return update_invoice(world, subscription, lines, now)


def update_invoice(
    world: World, subscription: dict[str, Any], lines: list[dict[str, Any]], now: int
) -> dict[str, Any]:
    customer = world.find("customer", subscription["customer"])
    return draft(world, customer, subscription, "subscription_update", lines, (now, now))


def set_trial(world: World, subscription: dict[str, Any], params: dict[str, Any], now: int) -> None:
    end = trial_until({"trial_end": params["trial_end"]}, now)
    if end is None:
        if subscription["status"] == "trialing":
            subscription |= {"status": "active", "trial_end": now}
        return
    subscription |= {
        "status": "trialing",
        "trial_end": end,
        "billing_cycle_anchor": end,
        "_trial_notice": False,
    }
    subscription["trial_start"] = subscription["trial_start"] or now
    set_period(subscription, period_of(subscription)[0], end)
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = end


def resume_paused(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> CardError | None:
    """From `paused`: a new period from now on, billed at once; active when that is paid."""
    if subscription["status"] != "paused":
        raise wrong_state("Only a paused subscription can be resumed.", param="subscription")
    now = world.now(subscription["customer"])
    with world.changing(subscription, "customer.subscription.updated"):
        subscription["status"] = "active"
        invoice = restart_period(world, subscription, [], period_of(subscription), now)
        subscription["latest_invoice"] = invoice["id"]
    world.emit("customer.subscription.resumed", subscription)
    announce(world, invoice)
    finalize(world, invoice)
    return collect(world, invoice) if invoice["status"] == "open" else None
