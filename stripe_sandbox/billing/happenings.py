"""The things that happen at their time, by the names that `lifecycle`'s timetables call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.periods import period_of
from stripe_sandbox.billing.checkout import checkout_end
from stripe_sandbox.billing.customers.tax_ids import verify_tax_id
from stripe_sandbox.billing.invoices.invoicing import announce, finalize, subscription_of, void, write_off
from stripe_sandbox.billing.payments.disputes import lapse_dispute
from stripe_sandbox.billing.payments.payments import collect, give_up
from stripe_sandbox.billing.payments.refunds import settle_refund
from stripe_sandbox.billing.schedules import schedules
from stripe_sandbox.billing.subscriptions import ending, resuming
from stripe_sandbox.billing.subscriptions.changing import bill, update_invoice
from stripe_sandbox.billing.subscriptions.ending import cancel_now
from stripe_sandbox.billing.subscriptions.pending_changes import drop_pending
from stripe_sandbox.billing.subscriptions.pending_interval import set_next
from stripe_sandbox.billing.subscriptions.prorating import pending_of
from stripe_sandbox.billing.subscriptions.renewing import open_period, upcoming
from stripe_sandbox.billing.subscriptions.trials import announce_end

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Happening = Callable[["World", dict[str, Any]], object]


def expire_subscription(world: World, sub: dict[str, Any]) -> None:
    ending.expire(world, sub)


def cancel_subscription(world: World, sub: dict[str, Any]) -> None:
    """At its date. Prorations that wait are collected with the end."""
    cancel_now(world, sub)
    bill_pending(world, sub)


def bill_pending(world: World, sub: dict[str, Any]) -> None:
    if not pending_of(world, sub):
        return
    invoice = update_invoice(world, sub, [])
    world.update(sub, latest_invoice=invoice["id"])
    bill(world, invoice, None)


def bill_what_waits(world: World, sub: dict[str, Any]) -> None:
    """`pending_invoice_item_interval` has passed."""
    with world.changing(sub, "customer.subscription.updated"):
        set_next(world, sub)
    bill_pending(world, sub)


def resume_collection(world: World, sub: dict[str, Any]) -> None:
    with world.changing(sub, "customer.subscription.updated"):
        sub["pause_collection"] = None


def expire_pending_update(world: World, sub: dict[str, Any]) -> None:
    drop_pending(world, sub, expired=True)


def announce_renewal(world: World, sub: dict[str, Any]) -> None:
    """Nobody is told of a bill that will not be collected."""
    end, pause = period_of(sub)[1], sub["pause_collection"]
    world.update(sub, _upcoming=end)
    if pause and (pause["resumes_at"] or end) >= end:
        return
    shown = upcoming(world, sub)
    world.add_event("invoice.upcoming", {"object": shown}, world.now(sub["customer"]))


def end_trial(world: World, sub: dict[str, Any]) -> None:
    behavior = sub["trial_settings"]["end_behavior"]["missing_payment_method"]
    if behavior != "create_invoice" and not has_method(world, sub):
        if behavior == "cancel":
            cancel_now(world, sub)
            return
        with world.changing(sub, "customer.subscription.updated"):
            sub["status"] = "paused"
        world.emit("customer.subscription.paused", sub)
        return
    renew(world, sub)


def has_method(world: World, sub: dict[str, Any]) -> bool:
    customer = world.find("customer", sub["customer"])
    return bool(sub["default_payment_method"] or customer["invoice_settings"]["default_payment_method"])


def renew(world: World, sub: dict[str, Any]) -> None:
    """The next period begins; its invoice is a draft for an hour, as at Stripe."""
    turned = schedules.turn_at_renewal(world, sub, period_of(sub)[1])
    with world.changing(sub, "customer.subscription.updated"):
        invoice = open_period(world, sub, turned)
        sub["latest_invoice"] = invoice["id"]
    announce(world, invoice)


def finalize_and_collect(world: World, invoice: dict[str, Any]) -> None:
    finalize(world, invoice)
    sub = subscription_of(world, invoice)
    pause = (sub or {}).get("pause_collection")
    if invoice["status"] != "open":
        return
    if pause and pause["behavior"] == "void":
        void(world, invoice)
    elif pause and pause["behavior"] == "mark_uncollectible":
        write_off(world, invoice)
    elif invoice["collection_method"] == "charge_automatically":
        collect(world, invoice)


def fall_overdue(world: World, invoice: dict[str, Any]) -> None:
    """An invoice sent by mail that is not paid on its day."""
    world.update(invoice, _overdue=True)
    world.emit("invoice.overdue", invoice)
    sub = subscription_of(world, invoice)
    if sub and sub["status"] == "active":
        with world.changing(sub, "customer.subscription.updated"):
            sub["status"] = "past_due"


def give_up_waiting(world: World, invoice: dict[str, Any]) -> None:
    """Long after its day, the account's setting decides, as after the last retry of a card."""
    world.update(invoice, _given_up=True)
    sub = subscription_of(world, invoice)
    if sub and sub["status"] == "past_due":
        give_up(world, sub)


def start_schedule(world: World, schedule: dict[str, Any]) -> None:
    """Its day has come; without the customer it was for, it is canceled."""
    customer = world.get(schedule["customer"])
    if customer is None or customer.get("_deleted"):
        schedules.cancel(world, schedule)
        return
    schedules.begin_first(world, schedule)


def announce_expiry(world: World, schedule: dict[str, Any]) -> None:
    world.update(schedule, _expiring=schedule["phases"][-1]["end_date"])
    world.emit("subscription_schedule.expiring", schedule)


HAPPENINGS: dict[str, Happening] = {
    "announce_expiry": announce_expiry,
    "announce_renewal": announce_renewal,
    "announce_trial_end": announce_end,
    "bill_what_waits": bill_what_waits,
    "cancel_subscription": cancel_subscription,
    "end_phase": schedules.end_phase,
    "end_trial": end_trial,
    "expire_pending_update": expire_pending_update,
    "expire_session": checkout_end.expire,
    "expire_subscription": expire_subscription,
    "fall_overdue": fall_overdue,
    "finalize_and_collect": finalize_and_collect,
    "give_up_resuming": resuming.give_up_resuming,
    "give_up_waiting": give_up_waiting,
    "lapse_dispute": lapse_dispute,
    "renew": renew,
    "resume_collection": resume_collection,
    "retry_payment": collect,
    "settle_refund": settle_refund,
    "start_schedule": start_schedule,
    "verify_tax_id": verify_tax_id,
}
