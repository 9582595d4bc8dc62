"""The things that happen at their time; `lifecycle` says when, and calls each by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.disputes import lapse_dispute as lapse_dispute
from stripe_sandbox.billing.ending import cancel_now
from stripe_sandbox.billing.invoice_lines import period_lines, price_of
from stripe_sandbox.billing.invoicing import announce, draft, finalize, subscription_of, void
from stripe_sandbox.billing.payments import collect
from stripe_sandbox.billing.refunds import settle_refund as settle_refund
from stripe_sandbox.billing.subscribing import first_end, period_of, set_period
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def expire_subscription(world: World, sub: dict[str, Any]) -> None:
    invoice = world.get(sub["latest_invoice"] or "")
    if invoice and invoice["status"] == "open":
        void(world, invoice)
    with world.changing(sub, "customer.subscription.updated"):
        sub["status"] = "incomplete_expired"
        sub["ended_at"] = world.now(sub["customer"])


def cancel_subscription(world: World, sub: dict[str, Any]) -> None:
    cancel_now(world, sub)


def resume_collection(world: World, sub: dict[str, Any]) -> None:
    with world.changing(sub, "customer.subscription.updated"):
        sub["pause_collection"] = None


def announce_trial_end(world: World, sub: dict[str, Any]) -> None:
    world.update(sub, _trial_notice=True)
    world.emit("customer.subscription.trial_will_end", sub)


def announce_renewal(world: World, sub: dict[str, Any]) -> None:
    end = period_of(sub)[1]
    world.update(sub, _upcoming=end)
    shown = upcoming(world, sub)
    world.add_event("invoice.upcoming", {"object": shown}, world.now(sub["customer"]))


def upcoming(world: World, sub: dict[str, Any]) -> dict[str, Any]:
    """The invoice of the next renewal as it would be now; nothing of it is kept."""
    twin, start = copy(sub), period_of(sub)[1]
    end = first_end(twin, price_of(world, twin["items"]["data"][0]), start)
    lines = period_lines(world, twin, start, end)
    customer = world.find("customer", sub["customer"])
    waiting = world.where("invoiceitem", customer=customer["id"], invoice=None)
    invoice = draft(world, customer, twin, "subscription_cycle", lines, period_of(sub))
    for pending in waiting:
        world.update(pending, invoice=None)
    shown = world.render(invoice)
    world.remove(invoice)
    shown |= {"id": f"upcoming_{invoice['id']}", "status": "draft", "next_payment_attempt": start + 3600}
    return shown


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
    before = period_of(sub)
    start = before[1]
    pause = sub["pause_collection"]
    with world.changing(sub, "customer.subscription.updated"):
        if sub["status"] == "trialing":
            sub["status"] = "active"
        set_period(sub, start, first_end(sub, price_of(world, sub["items"]["data"][0]), start))
        lines = period_lines(world, sub, *period_of(sub))
        customer = world.find("customer", sub["customer"])
        advances = sub["status"] != "unpaid" and not (pause and pause["behavior"] == "keep_as_draft")
        invoice = draft(world, customer, sub, "subscription_cycle", lines, before, auto_advance=advances)
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
        world.update(invoice, status="uncollectible", auto_advance=False, next_payment_attempt=None)
        world.emit("invoice.marked_uncollectible", invoice)
    elif invoice["collection_method"] == "charge_automatically":
        collect(world, invoice)


def retry_payment(world: World, invoice: dict[str, Any]) -> None:
    collect(world, invoice)


def expire_session(world: World, session: dict[str, Any]) -> None:
    world.update(session, status="expired", url=None)
    world.emit("checkout.session.expired", session)
