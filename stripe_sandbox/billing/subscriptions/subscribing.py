"""Subscriptions: how one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.currencies import chosen
from stripe_sandbox.billing.amounts.discounts import set_discounts
from stripe_sandbox.billing.amounts.periods import (
    opening_lines,
    period_of,
    rhythm_of,
    scale,
    set_period,
    whole_length,
)
from stripe_sandbox.billing.customers.customer_object import living
from stripe_sandbox.billing.invoices.invoice_lines import period_lines
from stripe_sandbox.billing.invoices.invoicing import announce, draft, finalize
from stripe_sandbox.billing.invoices.one_off_items import add_one_off_items
from stripe_sandbox.billing.payments.payments import collect, intent_for, require_method
from stripe_sandbox.billing.payments.setups import start_pending
from stripe_sandbox.billing.subscriptions.anchors import anchor_config, anchor_of, past_periods, start_of
from stripe_sandbox.billing.subscriptions.end_dates import set_cancellation
from stripe_sandbox.billing.subscriptions.subscription_items import add_item, check_items
from stripe_sandbox.billing.subscriptions.subscription_object import (
    blank,
    check_due_days,
    refuse_unknown_features,
    set_tax,
)
from stripe_sandbox.billing.subscriptions.trials import announce_short_trial, trial_until
from stripe_sandbox.errors import CardError, InvalidRequest, missing_parameter

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
    waits = params.get("payment_behavior") == "default_incomplete"
    if method is None and invoice["amount_due"] == 0:
        start_pending(world, subscription, waits)
    begin_without_payment(subscription, invoice)
    world.emit("customer.subscription.created", subscription)
    announce(world, invoice)
    announce_short_trial(world, subscription)
    if subscription["collection_method"] == "send_invoice":
        return subscription, None
    finalize(world, invoice)
    refusal = None
    if invoice["status"] == "open" and waits:
        intent_for(world, invoice)
    elif invoice["status"] == "open":
        if method is None:
            require_method(world, invoice)
        refusal = collect(world, invoice, method, present, authenticated)
    return subscription, refusal


def begin_without_payment(subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
    """Where nothing is due, or the bill is sent by mail, it is active from its first event on."""
    by_hand = subscription["collection_method"] == "send_invoice"
    if subscription["status"] == "incomplete" and (by_hand or invoice["amount_due"] == 0):
        subscription["status"] = "active"


def begin_scheduled(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """By a schedule it is active at once; its first invoice is a draft for an hour, like a renewal's."""
    subscription, invoice = outline(world, params)
    if subscription["status"] == "incomplete":
        subscription["status"] = "active"
    world.emit("customer.subscription.created", subscription)
    announce(world, invoice)
    announce_short_trial(world, subscription)
    return subscription


def outline(
    world: World, params: dict[str, Any], method: dict[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The subscription and its first invoice as a draft; nothing is announced or paid yet."""
    customer = living_customer(world, params)
    check(params)
    now = world.now(customer["id"])
    trial_end = trial_until(params, now)
    subscription = blank(world, customer, params, now, trial_end)
    if method:
        subscription["default_payment_method"] = method["id"]
    set_tax(world, subscription, params)
    subscription["currency"] = chosen(world, customer, params.get("currency"), params.get("items") or [])
    add_items(world, subscription, params, now)
    check_currency(world, customer, subscription)
    world.add(subscription)
    start_discounts(world, subscription, params.get("discounts") or [])
    lines = first_lines(world, subscription, params, now)
    add_one_off_items(world, subscription, params.get("add_invoice_items") or [])
    period = period_of(subscription)
    invoice = draft(world, customer, subscription, "subscription_create", lines, (period[0], period[0]))
    subscription["latest_invoice"] = invoice["id"]
    return subscription, invoice


def check(params: dict[str, Any]) -> None:
    refuse_unknown_features(params)
    check_due_days(params.get("collection_method", "charge_automatically"), params.get("days_until_due"))
    if params.get("payment_behavior") == "pending_if_incomplete":
        message = "`pending_if_incomplete` is for updates; a new subscription has nothing to keep."
        raise InvalidRequest(message, param="payment_behavior")


def first_lines(
    world: World, subscription: dict[str, Any], params: dict[str, Any], now: int
) -> list[dict[str, Any]]:
    """Sets anchor and first period; answers what they cost, with the time before now when it is backdated."""
    rhythm, trial_end = rhythm_of(world, subscription), subscription["trial_end"]
    anchor = anchor_of(params, now, trial_end, rhythm)
    start = start_of(params, now)
    subscription |= {
        "billing_cycle_anchor": anchor,
        "billing_cycle_anchor_config": anchor_config(params.get("billing_cycle_anchor_config")),
        "start_date": start,
    }
    free = params.get("proration_behavior") == "none"
    periods = past_periods(anchor, start, now, rhythm)
    set_period(subscription, *((now, trial_end) if trial_end else periods[-1]))
    set_cancellation(world, subscription, params)
    elapsed = periods if trial_end else periods[:-1]
    past = [] if free else elapsed_lines(world, subscription, elapsed, now)
    if trial_end:
        return past + period_lines(world, subscription, now, trial_end, trial=True)
    return past + opening_lines(world, subscription, free=free, prorate_end=not free)


def elapsed_lines(
    world: World, subscription: dict[str, Any], periods: list[tuple[int, int]], now: int
) -> list[dict[str, Any]]:
    """What the time before now costs, natural period by natural period."""
    found = []
    for start, end in periods:
        until = min(end, now)
        lines = period_lines(world, subscription, start, until) if start < now else []
        whole = whole_length(
            subscription["billing_cycle_anchor"], start, end, *rhythm_of(world, subscription)
        )
        if until - start < whole:
            scale(lines, until - start, whole)
        found += lines
    return found


def living_customer(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if not params.get("customer"):
        raise missing_parameter("customer")
    return living(world, params["customer"], "customer")


def check_currency(world: World, customer: dict[str, Any], subscription: dict[str, Any]) -> None:
    """A customer is billed in one currency while anything of theirs runs."""
    currency = subscription["currency"]
    for other in world.where("subscription", customer=customer["id"]):
        if other["status"] not in ENDED and other["currency"] != currency:
            message = (
                "You cannot combine currencies on a single customer. "
                f"This customer has a subscription in {other['currency']}."
            )
            raise InvalidRequest(message, param="items[0][price]")


def add_items(world: World, subscription: dict[str, Any], params: dict[str, Any], now: int) -> None:
    given = params.get("items") or []
    if not given:
        raise missing_parameter("items")
    for position, entry in enumerate(given):
        add_item(world, subscription, entry, f"items[{position}]", now)
    check_items(world, subscription)


def start_discounts(world: World, subscription: dict[str, Any], given: list[dict[str, Any]] | str) -> None:
    own = {"subscription": subscription["id"]}
    set_discounts(world, subscription, given, subscription["customer"], subscription["currency"], **own)
