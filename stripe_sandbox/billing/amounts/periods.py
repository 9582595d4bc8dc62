"""The billing period of a subscription: where it stands, where it ends, how long a whole one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.billing_cycle import DAY, DAYS, MONTHS, period_end, shifted
from stripe_sandbox.billing.invoices.invoice_lines import period_lines, price_of

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Rhythm = tuple[str, int]


@dataclass(frozen=True)
class Period:
    """`until` is how far it is billed (a cancellation date may cut it), `whole` how long a full one is."""

    start: int
    end: int
    until: int
    whole: int
    free_until: int = 0

    def share(self, amount: int, at: int) -> int:
        """What of a whole period's amount falls on the billed time after `at`."""
        return money.share(amount, max(0, self.until - at), self.whole)


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


def rhythm(price: dict[str, Any]) -> Rhythm:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


def rhythm_of(world: World, subscription: dict[str, Any]) -> Rhythm:
    return rhythm(price_of(world, subscription["items"]["data"][0]))


def boundary_after(anchor: int, at: int, interval: str, count: int) -> int:
    """The first boundary of the anchor's rhythm after `at`, which may lie before the anchor."""
    if at >= anchor:
        return period_end(anchor, at, interval, count)
    step = 0
    while shifted(anchor, interval, (step - 1) * count) > at:
        step -= 1
    return shifted(anchor, interval, step * count)


def boundary_before(anchor: int, end: int, interval: str, count: int) -> int:
    """The boundary that comes before the boundary `end`: where a whole period would have begun."""
    days = DAYS.get(interval) or MONTHS[interval] * 31
    step = (end - anchor) // (days * count * DAY)
    while shifted(anchor, interval, step * count) < end:
        step += 1
    while shifted(anchor, interval, step * count) >= end:
        step -= 1
    return shifted(anchor, interval, step * count)


def next_end(world: World, subscription: dict[str, Any], start: int) -> int:
    return boundary_after(subscription["billing_cycle_anchor"], start, *rhythm_of(world, subscription))


def whole_length(anchor: int, start: int, end: int, interval: str, count: int) -> int:
    """How long a full period that ends here is. After a trial's end there is none, then the period's own."""
    natural = boundary_after(anchor, end - 1, interval, count)
    if natural != end:
        return max(1, end - start)
    return end - boundary_before(anchor, end, interval, count)


def billed_period(world: World, subscription: dict[str, Any]) -> Period:
    start, end = period_of(subscription)
    whole = whole_length(subscription["billing_cycle_anchor"], start, end, *rhythm_of(world, subscription))
    until = min(subscription.get("_paid_until") or end, end)
    return Period(start, end, until, whole, subscription.get("_free_until") or 0)


def opening_lines(
    world: World, subscription: dict[str, Any], free: bool = False, prorate_end: bool = True
) -> list[dict[str, Any]]:
    """What the period that begins costs: less than a whole one when it is short or cut by its end date."""
    start, end = period_of(subscription)
    cut = subscription["cancel_at"] if prorate_end else None
    until = min(cut, end) if cut and cut > start else end
    world.touch(subscription)["_paid_until"] = until if until < end else None
    period = billed_period(world, subscription)
    short = end - start < period.whole
    subscription["_free_until"] = end if free and short else None
    lines = period_lines(world, subscription, start, until)
    if until - start < period.whole:
        scale(lines, 0 if free and short else until - start, period.whole)
    return lines


def scale(lines: list[dict[str, Any]], part: int, whole: int) -> None:
    for line in lines:
        line["amount"] = money.share(line["amount"], part, whole)
        line["subtotal"] = line["amount"]
