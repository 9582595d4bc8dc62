"""Trials: until when, and moving into and out of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.billing.amounts.periods import period_of, set_period
from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

NOTICE = 3 * DAY
"""How long before its end a trial is announced to end."""
LONGEST = 730


def trial_until(params: dict[str, Any], now: int) -> int | None:
    """When the trial of a new subscription ends; None without one."""
    days, end = params.get("trial_period_days"), params.get("trial_end")
    if days is not None and end not in (None, ""):
        raise InvalidRequest("Give `trial_end` or `trial_period_days`, not both.", param="trial_end")
    if days is not None:
        if not 0 <= days <= LONGEST:
            message = f"A trial has at most {LONGEST} days and no fewer than none."
            raise InvalidRequest(message, param="trial_period_days")
        return int(now + days * DAY) if days else None
    if end in (None, "now", ""):
        return None
    return checked_end(int(end), now)


def checked_end(end: int, now: int) -> int:
    if end <= now:
        raise InvalidRequest("The trial end must be in the future.", param="trial_end")
    if end > now + (LONGEST + 1) * DAY:
        raise InvalidRequest("A trial can be at most two years long.", param="trial_end")
    return end


def set_trial(subscription: dict[str, Any], given: int | str, now: int) -> None:
    """A later end goes on with the trial, or begins one; `now` ends it."""
    if given == "now":
        if subscription["status"] == "trialing":
            subscription |= {"status": "active", "trial_end": now}
        return
    end = checked_end(int(given), now)
    if subscription["status"] != "trialing":
        subscription |= {"status": "trialing", "trial_start": now}
    subscription |= {"trial_end": end, "billing_cycle_anchor": end, "_trial_notice": False}
    start = period_of(subscription)[0] if subscription["trial_start"] != now else now
    set_period(subscription, start, end)
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = end


def announce_end(world: World, subscription: dict[str, Any]) -> None:
    world.update(subscription, _trial_notice=True)
    world.emit("customer.subscription.trial_will_end", subscription)


def announce_short_trial(world: World, subscription: dict[str, Any]) -> None:
    """A trial of three days or less is said to end at once."""
    now = world.now(subscription["customer"])
    short = subscription["status"] == "trialing" and subscription["trial_end"] - now <= NOTICE
    if short and not subscription.get("_trial_notice"):
        announce_end(world, subscription)
