"""When a subscription is to end: the flag, the date, and the credit for time after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import DAY
from stripe_sandbox.billing.amounts.periods import Period, billed_period, period_of
from stripe_sandbox.billing.invoices.invoice_lines import price_of
from stripe_sandbox.billing.subscriptions.prorating import add_proration
from stripe_sandbox.errors import InvalidRequest, wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World

FIELDS = {"cancel_at", "cancel_at_period_end"}
FURTHEST = 5 * 366 * DAY


def check_cancellation(subscription: dict[str, Any], params: dict[str, Any]) -> None:
    if not FIELDS & set(params):
        return
    if params.get("cancel_at") and params.get("cancel_at_period_end"):
        raise InvalidRequest("Give `cancel_at` or `cancel_at_period_end`, not both.", param="cancel_at")
    if subscription["schedule"]:
        message = (
            f"The schedule {subscription['schedule']} manages this subscription; "
            "its end is set there, by `end_behavior`, or after the schedule is released."
        )
        raise wrong_state(message, param=sorted(FIELDS & set(params))[0])


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
    if FIELDS & set(params):
        note_request(subscription, now)


def note_request(subscription: dict[str, Any], now: int) -> None:
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
    if given == "max_billed_until":
        message = "The sandbox does not bill in advance; `max_billed_until` needs billing schedules."
        raise InvalidRequest(message, param="cancel_at")
    if int(given) <= now:
        raise InvalidRequest("`cancel_at` must be in the future.", param="cancel_at")
    if int(given) > now + FURTHEST:
        raise InvalidRequest("`cancel_at` can be at most five years ahead.", param="cancel_at")
    return int(given)


def settle_end(world: World, subscription: dict[str, Any], behavior: str) -> None:
    """A date within the billed period credits what comes after it; a later one charges it again."""
    if behavior == "none" or subscription["status"] in ("trialing", "paused"):
        return
    period = billed_period(world, subscription)
    ends = min(subscription["cancel_at"] or period.end, period.end)
    if ends == period.until:
        return
    credit = ends < period.until
    span = Period(period.start, period.end, max(ends, period.until), period.whole, period.free_until)
    for item in subscription["items"]["data"]:
        add_proration(world, subscription, item, price_of(world, item), span, min(ends, period.until), credit)
    subscription["_paid_until"] = ends if ends < period.end else None
