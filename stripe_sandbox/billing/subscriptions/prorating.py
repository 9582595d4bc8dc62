"""Prorations: what a change in the middle of a period credits and charges, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.discounts import net_of_percent
from stripe_sandbox.billing.amounts.periods import Period
from stripe_sandbox.billing.invoices.debits import give_back, whole_period
from stripe_sandbox.billing.invoices.invoice_lines import (
    add_pending,
    day,
    is_metered,
    name_of,
    price_of,
    subscription_named,
)
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Before = list[tuple[dict[str, Any], dict[str, Any]]]
"""Items and their prices as they stood before a change."""


def snapshot(world: World, subscription: dict[str, Any]) -> Before:
    return [(dict(item), price_of(world, item)) for item in subscription["items"]["data"]]


def prorate(world: World, subscription: dict[str, Any], before: Before, period: Period, at: int) -> None:
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


def credit_all(world: World, subscription: dict[str, Any], before: Before, period: Period, at: int) -> None:
    for item, price in before:
        add_proration(world, subscription, item, price, period, at, credit=True)


def add_proration(
    world: World,
    subscription: dict[str, Any],
    item: dict[str, Any],
    price: dict[str, Any],
    period: Period,
    at: int,
    credit: bool,
) -> None:
    """Time that was free gives nothing back, and metered prices are billed by what was used."""
    if is_metered(price) or at >= period.until or (credit and at < period.free_until):
        return
    quantity = item.get("quantity") or 0
    part = part_of(world, subscription, item, price, period, at, credit)
    words = "Unused time on" if credit else "Remaining time on"
    text = f"{words} {quantity} × {name_of(world, price)} after {day(at)}"
    add_pending(world, subscription, item, -part if credit else part, text, quantity, (at, period.until))


def part_of(
    world: World,
    subscription: dict[str, Any],
    item: dict[str, Any],
    price: dict[str, Any],
    period: Period,
    at: int,
    credit: bool,
) -> int:
    """Flexible billing gives back what was billed; classic billing what it would cost now."""
    if subscription["billing_mode"]["type"] == "classic":
        part = period.share(money.amount(price, item.get("quantity") or 0), at)
        return net_of_percent(world, subscription["discounts"], part, at)
    if credit:
        return give_back(world, subscription, item, at)
    return period.share(whole_period(world, subscription, item, at), at)


def pending_of(world: World, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    found = world.where("invoiceitem", customer=subscription["customer"], invoice=None)
    return [pending for pending in found if subscription_named(pending) == subscription["id"]]


def check_date(params: dict[str, Any], period: Period) -> None:
    at = params.get("proration_date")
    if at is not None and not period.start <= at <= period.end:
        message = "`proration_date` must lie within the current billing period."
        raise InvalidRequest(message, param="proration_date")
