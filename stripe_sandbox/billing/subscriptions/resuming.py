"""A subscription that paused when its trial ended without a card goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import PAYMENT_WINDOW
from stripe_sandbox.billing.amounts.periods import billed_period, opening_lines
from stripe_sandbox.billing.invoices.invoicing import void
from stripe_sandbox.billing.subscriptions.aftermath import wake
from stripe_sandbox.billing.subscriptions.changing import begin_period, bill, update_invoice
from stripe_sandbox.billing.subscriptions.prorating import add_proration, check_date, snapshot
from stripe_sandbox.errors import wrong_state

if TYPE_CHECKING:
    from stripe_sandbox.world import World


def resume_paused(world: World, subscription: dict[str, Any], params: dict[str, Any]) -> None:
    """Active at once when nothing has to be paid; else when the new period's invoice is paid."""
    if subscription["status"] != "paused":
        raise wrong_state("Only a paused subscription can be resumed.", param="subscription")
    if subscription["collection_method"] != "charge_automatically":
        raise wrong_state("A subscription that is billed by mail cannot be resumed.", param="subscription")
    if params.get("billing_cycle_anchor") == "unchanged":
        invoice = resume_in_rhythm(world, subscription, params)
    else:
        invoice = resume_anew(world, subscription)
    if invoice is None:
        wake(world, subscription)
        return
    bill(world, invoice, None)
    if invoice["status"] == "paid" and subscription["status"] == "paused":
        wake(world, subscription)


def resume_anew(world: World, subscription: dict[str, Any]) -> dict[str, Any]:
    now = world.now(subscription["customer"])
    with world.changing(subscription, "customer.subscription.updated"):
        subscription |= {"billing_cycle_anchor": now, "_resuming": now + PAYMENT_WINDOW}
        begin_period(world, subscription, now)
        invoice = update_invoice(world, subscription, opening_lines(world, subscription))
        subscription["latest_invoice"] = invoice["id"]
    return invoice


def resume_in_rhythm(
    world: World, subscription: dict[str, Any], params: dict[str, Any]
) -> dict[str, Any] | None:
    """The old anchor stays; the rest of its period is charged for, now or with the next renewal."""
    now = world.now(subscription["customer"])
    behavior = params.get("proration_behavior", "create_prorations")
    invoice = None
    with world.changing(subscription, "customer.subscription.updated"):
        begin_period(world, subscription, now)
        period = billed_period(world, subscription)
        check_date(params, period)
        for item, price in snapshot(world, subscription) if behavior != "none" else []:
            at = params.get("proration_date", now)
            add_proration(world, subscription, item, price, period, at, credit=False)
        if behavior == "always_invoice":
            subscription["_resuming"] = now + PAYMENT_WINDOW
            invoice = update_invoice(world, subscription, [])
            subscription["latest_invoice"] = invoice["id"]
    return invoice


def give_up_resuming(world: World, subscription: dict[str, Any]) -> None:
    """Nobody paid: the invoice is void, and it stays paused."""
    world.update(subscription, _resuming=None)
    invoice = world.get(subscription["latest_invoice"] or "")
    if invoice and invoice["status"] == "open":
        void(world, invoice)
