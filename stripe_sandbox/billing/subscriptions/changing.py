"""Changes to a running subscription, and the invoice a change makes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.api.calls import set_metadata
from stripe_sandbox.billing.amounts import money
from stripe_sandbox.billing.amounts.periods import (
    billed_period,
    next_end,
    opening_lines,
    period_of,
    rhythm,
    rhythm_of,
    set_period,
)
from stripe_sandbox.billing.customers.customer_fields import own_method
from stripe_sandbox.billing.invoices.invoice_lines import period_lines
from stripe_sandbox.billing.invoices.invoicing import announce, draft, finalize
from stripe_sandbox.billing.invoices.one_off_items import add_one_off_items
from stripe_sandbox.billing.payments.payments import collect, intent_for
from stripe_sandbox.billing.schedules.phase_mirror import mirror
from stripe_sandbox.billing.subscriptions.end_dates import check_cancellation, set_cancellation, settle_end
from stripe_sandbox.billing.subscriptions.pending_changes import (
    check_supported,
    drop_pending,
    hold_back,
    show_pending,
)
from stripe_sandbox.billing.subscriptions.pending_interval import set_interval
from stripe_sandbox.billing.subscriptions.prorating import (
    Before,
    check_date,
    credit_all,
    pending_of,
    prorate,
    snapshot,
)
from stripe_sandbox.billing.subscriptions.subscribing import ENDED, start_discounts
from stripe_sandbox.billing.subscriptions.subscription_items import set_items
from stripe_sandbox.billing.subscriptions.subscription_object import (
    check_due_days,
    invoice_settings,
    payment_settings,
    refuse_unknown_features,
    set_tax,
    trial_settings,
)
from stripe_sandbox.billing.subscriptions.trials import set_trial
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.errors import CardError
    from stripe_sandbox.world import World

AFTER_END = {"cancellation_details", "metadata", "expand"}
BEFORE_START = AFTER_END | {
    "default_payment_method",
    "default_source",
    "description",
    "off_session",
    "payment_behavior",
    "payment_settings",
}
BILLING = {"items", "trial_end", "billing_cycle_anchor", "add_invoice_items"}


def modify(
    world: World, subscription: dict[str, Any], params: dict[str, Any], by_schedule: bool = False
) -> CardError | None:
    """Apply an update and collect what it bills at once. Answers why that was not paid, if so."""
    check_state(subscription, params)
    if not by_schedule:
        check_cancellation(subscription, params)
    if BILLING & set(params):
        drop_pending(world, subscription)
    if params.get("payment_behavior") == "pending_if_incomplete":
        return modify_when_paid(world, subscription, params)
    with world.changing(subscription, "customer.subscription.updated"):
        invoice = apply(world, subscription, params)
        if invoice:
            subscription["latest_invoice"] = invoice["id"]
    if not by_schedule:
        mirror(world, subscription)
    return bill(world, invoice, params.get("payment_behavior")) if invoice else None


def check_state(subscription: dict[str, Any], params: dict[str, Any]) -> None:
    status = subscription["status"]
    if status in ENDED and set(params) - AFTER_END:
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise InvalidRequest(message, param=sorted(set(params) - AFTER_END)[0])
    if status == "incomplete" and set(params) - BEFORE_START:
        message = "This subscription waits for its first payment; until then its plan cannot change."
        raise InvalidRequest(message, param=sorted(set(params) - BEFORE_START)[0])
    refuse_unknown_features(params)


def modify_when_paid(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> CardError | None:
    """`pending_if_incomplete`: what needs a payment changes nothing until it is paid."""
    check_supported(params)
    before = copy(world.touch(subscription))
    invoice = apply(world, subscription, params)
    if invoice is None or invoice["amount_due"] == 0 or by_hand(subscription):
        return keep_at_once(world, subscription, before, invoice)
    hold_back(subscription, before, invoice["id"])
    refusal = bill(world, invoice, None)
    if subscription.get("_pending_invoice"):
        with world.changing(subscription, "customer.subscription.updated"):
            show_pending(world, subscription, params)
    mirror(world, subscription)
    return refusal


def keep_at_once(
    world: World, subscription: dict[str, Any], before: dict[str, Any], invoice: dict[str, Any] | None
) -> CardError | None:
    after = copy(subscription)
    subscription.clear()
    subscription.update(before)
    with world.changing(subscription, "customer.subscription.updated"):
        subscription.clear()
        subscription.update(after)
        if invoice:
            subscription["latest_invoice"] = invoice["id"]
    mirror(world, subscription)
    return bill(world, invoice, None) if invoice else None


def by_hand(subscription: dict[str, Any]) -> bool:
    return bool(subscription["collection_method"] == "send_invoice")


def bill(world: World, invoice: dict[str, Any], behavior: str | None) -> CardError | None:
    """Finalize and collect; `default_incomplete` waits for the customer. Sent invoices stay a draft."""
    announce(world, invoice)
    if invoice["collection_method"] == "send_invoice":
        return None
    finalize(world, invoice)
    if invoice["status"] == "open" and behavior == "default_incomplete":
        await_payment(world, invoice)
    elif invoice["status"] == "open":
        return collect(world, invoice)
    return None


def await_payment(world: World, invoice: dict[str, Any]) -> None:
    intent_for(world, invoice)
    subscription = world.find("subscription", invoice["parent"]["subscription_details"]["subscription"])
    if subscription["status"] in ("active", "trialing"):
        with world.changing(subscription, "customer.subscription.updated"):
            subscription["status"] = "past_due"


def apply(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> dict[str, Any] | None:
    """The change itself; answers the invoice (still a draft) that it makes at once."""
    check_state(subscription, params)
    world.touch(subscription)
    behavior = params.get("proration_behavior", "create_prorations")
    was_trialing = subscription["status"] == "trialing"
    set_plain(world, subscription, params)
    add_one_off_items(world, subscription, params.get("add_invoice_items") or [])
    begins_anew = change_items(world, subscription, params, behavior)
    if params.get("discounts") or params.get("discounts") == "":
        start_discounts(world, subscription, params["discounts"])
    set_cancellation(world, subscription, params)
    if begins_anew:
        return anew(world, subscription, was_trialing)
    settle_end(world, subscription, behavior)
    if behavior == "always_invoice" and invoices_now(world, subscription):
        return update_invoice(world, subscription, [])
    return None


def invoices_now(world: World, subscription: dict[str, Any]) -> bool:
    """One-off items alone make no invoice; a proration takes them along."""
    bills = subscription["status"] not in ("trialing", "paused")
    return bills and any(pending["proration"] for pending in pending_of(world, subscription))


def set_plain(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> None:
    set_metadata(subscription, params.get("metadata"))
    if "description" in params:
        subscription["description"] = params["description"] or None
    if "default_payment_method" in params:
        customer = world.find("customer", subscription["customer"])
        subscription["default_payment_method"] = own_method(world, customer, params["default_payment_method"])
    set_collection(world, subscription, params)
    details = {k: v or None for k, v in (params.get("cancellation_details") or {}).items()}
    subscription["cancellation_details"] |= {k: v for k, v in details.items() if k != "feedback_option"}
    if params.get("trial_settings"):
        subscription["trial_settings"] = trial_settings(params)


def set_collection(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> None:
    """How it is billed: by card or by mail, with which settings and taxes, paused or not."""
    if {"collection_method", "days_until_due"} & set(params):
        method = params.get("collection_method", subscription["collection_method"])
        kept = subscription["days_until_due"] if method == "send_invoice" else None
        days = params.get("days_until_due", kept)
        check_due_days(method, days)
        subscription |= {"collection_method": method, "days_until_due": days}
    for name, settings in (("payment_settings", payment_settings), ("invoice_settings", invoice_settings)):
        if name in params:
            subscription[name] = settings(subscription[name], params[name])
    set_tax(world, subscription, params)
    if "pending_invoice_item_interval" in params:
        set_interval(world, subscription, params["pending_invoice_item_interval"] or None)
    if "pause_collection" in params:
        set_pause(world, subscription, params["pause_collection"] or None)


def set_pause(world: World, subscription: dict[str, Any], given: dict[str, Any] | None) -> None:
    resumes = (given or {}).get("resumes_at")
    if resumes is not None and resumes <= world.now(subscription["customer"]):
        raise InvalidRequest("`resumes_at` must be in the future.", param="pause_collection[resumes_at]")
    subscription["pause_collection"] = {"resumes_at": None, **given} if given else None


def change_items(world: World, subscription: dict[str, Any], params: dict[str, Any], behavior: str) -> bool:
    """Items and trial; the prorations of it wait as invoice items. Answers whether a new period begins."""
    now = world.now(subscription["customer"])
    before, period = snapshot(world, subscription), billed_period(world, subscription)
    status = subscription["status"]
    check_date(params, period)
    set_items(world, subscription, params.get("items") or [], now)
    if "trial_end" in params:
        set_trial(subscription, params["trial_end"], now)
    trialing = subscription["status"] == "trialing"
    if subscription["status"] == "paused" or (trialing and status == "trialing"):
        return False
    credited = before if behavior != "none" and status != "trialing" else []
    at = params.get("proration_date", now)
    if trialing or status == "trialing" or starts_over(world, before, subscription, params):
        credit_all(world, subscription, credited, period, at)
        return True
    if behavior != "none":
        prorate(world, subscription, before, period, at)
    return False


def starts_over(world: World, before: Before, subscription: dict[str, Any], params: dict[str, Any]) -> bool:
    """Another interval, the wish for a new anchor, and the step from free to paid begin a new period."""
    if params.get("billing_cycle_anchor") == "now":
        return True
    if rhythm(before[0][1]) != rhythm_of(world, subscription):
        return True
    return worth(before) == 0 and worth(snapshot(world, subscription)) > 0


def worth(items: Before) -> int:
    return sum(money.amount(price, item.get("quantity") or 0) for item, price in items)


def anew(world: World, subscription: dict[str, Any], was_trialing: bool) -> dict[str, Any]:
    """The invoice of the period (or trial) that begins now."""
    now = world.now(subscription["customer"])
    if subscription["status"] == "trialing" and not was_trialing:
        period = period_of(subscription)
        return update_invoice(world, subscription, period_lines(world, subscription, *period, trial=True))
    subscription |= {"billing_cycle_anchor": now, "billing_cycle_anchor_config": None}
    begin_period(world, subscription, now)
    return update_invoice(world, subscription, opening_lines(world, subscription))


def begin_period(world: World, subscription: dict[str, Any], start: int) -> None:
    set_period(subscription, start, next_end(world, subscription, start))
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = period_of(subscription)[1]


def update_invoice(world: World, subscription: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    now = world.now(subscription["customer"])
    customer = world.find("customer", subscription["customer"])
    return draft(world, customer, subscription, "subscription_update", lines, (now, now))
