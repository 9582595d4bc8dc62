"""The next period of a subscription: opened at its time, or looked at before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.amounts.billing_cycle import HOUR
from stripe_sandbox.billing.amounts.periods import opening_lines, period_of, rhythm_of
from stripe_sandbox.billing.invoices.invoice_lines import period_lines
from stripe_sandbox.billing.invoices.invoicing import draft
from stripe_sandbox.billing.invoices.one_off_items import add_one_off_items
from stripe_sandbox.billing.schedules import schedules
from stripe_sandbox.billing.schedules.phase_changes import entry_change
from stripe_sandbox.billing.subscriptions.changing import begin_period, set_plain
from stripe_sandbox.billing.subscriptions.subscribing import start_discounts
from stripe_sandbox.billing.subscriptions.subscription_items import set_items
from stripe_sandbox.billing.subscriptions.trials import set_trial
from stripe_sandbox.rendering import whole_invoice

if TYPE_CHECKING:
    from stripe_sandbox.world import World

Turned = tuple[dict[str, Any], dict[str, Any]] | None
"""The schedule and the phase that begins with the period."""


def open_period(world: World, sub: dict[str, Any], turned: Turned) -> dict[str, Any]:
    """Answers the invoice of the new period, a draft."""
    before = period_of(sub)
    start = before[1]
    if sub["status"] == "trialing":
        sub["status"] = "active"
    if turned:
        enter(world, sub, *turned)
    if sub["status"] == "trialing":
        lines = period_lines(world, sub, *period_of(sub), trial=True)
    else:
        begin_period(world, sub, start)
        lines = opening_lines(world, sub)
    customer = world.find("customer", sub["customer"])
    return draft(world, customer, sub, "subscription_cycle", lines, before, auto_advance=advances(sub))


def advances(sub: dict[str, Any]) -> bool:
    """Whether the invoice goes on by itself: not while unpaid, nor while collection keeps drafts."""
    pause = sub["pause_collection"]
    return bool(sub["status"] != "unpaid" and not (pause and pause["behavior"] == "keep_as_draft"))


def enter(world: World, sub: dict[str, Any], schedule: dict[str, Any], phase: dict[str, Any]) -> None:
    """A phase that begins with a period prorates nothing: what was billed is used up."""
    now, rhythm = phase["start_date"], rhythm_of(world, sub)
    change = entry_change(world, sub, schedule, phase)
    set_plain(world, sub, change)
    set_items(world, sub, change["items"], now)
    start_discounts(world, sub, change["discounts"])
    add_one_off_items(world, sub, change.get("add_invoice_items") or [])
    if "trial_end" in change:
        set_trial(sub, change["trial_end"], now)
    elif change.get("billing_cycle_anchor") == "now" or rhythm != rhythm_of(world, sub):
        sub |= {"billing_cycle_anchor": now, "billing_cycle_anchor_config": None}


def upcoming(world: World, sub: dict[str, Any]) -> dict[str, Any]:
    """The invoice of the next renewal as it would be now; nothing of it is kept."""
    start = period_of(sub)[1]
    with world.imagined():
        turned = schedules.turn_at_renewal(world, sub, start)
        shown = whole_invoice(world, open_period(world, world.touch(sub), turned))
    shown |= {"id": f"upcoming_{shown['id']}", "status": "draft", "next_payment_attempt": start + HOUR}
    return shown
