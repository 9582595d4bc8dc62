"""Trials: how they begin, and the ways they end."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.scenarios.scenario import Chapter
from stripe_sandbox.scenarios.stage import Stage

chapter = Chapter("Trials")
NO_CARD = ""


def without_card(behavior: str) -> dict[str, Any]:
    """What becomes of the subscription when its trial ends and nothing can be charged."""
    return {"end_behavior": {"missing_payment_method": behavior}}


@chapter.scenario(
    "A trial is running",
    "The first invoice is nothing; the period is the trial.",
    ends="trialing",
    invoices="paid 0",
    events="customer.subscription.created",
    states="state-trialing",
)
def trial_runs(stage: Stage) -> None:
    stage.subscribe(trial_period_days=14)
    stage.wait(days=5)


@chapter.scenario(
    "A trial converts",
    "It is announced three days before its end; then the first month is paid, and nobody does anything.",
    ends="active",
    invoices="paid 0, paid 6000",
    events="customer.subscription.created@0 customer.subscription.trial_will_end@11 "
    "customer.subscription.updated@14 invoice.paid@14",
)
def trial_converts(stage: Stage) -> None:
    stage.subscribe(trial_period_days=14)
    stage.wait(days=15)


@chapter.scenario(
    "A trial ends without a card, and the plan with it",
    "`missing_payment_method: cancel` ends the subscription at the trial's end.",
    ends="canceled",
    invoices="paid 0",
    events="customer.subscription.trial_will_end@11 customer.subscription.deleted@14",
    card=NO_CARD,
)
def trial_ends_canceled(stage: Stage) -> None:
    stage.subscribe(trial_period_days=14, trial_settings=without_card("cancel"))
    stage.wait(days=15)


@chapter.scenario(
    "A trial ends without a card, and the plan waits",
    "`missing_payment_method: pause` makes no invoice until the subscription is resumed.",
    ends="paused",
    invoices="paid 0",
    events="customer.subscription.trial_will_end@11 customer.subscription.updated@14 "
    "customer.subscription.paused@14",
    states="state-paused",
    card=NO_CARD,
)
def trial_ends_paused(stage: Stage) -> None:
    stage.subscribe(trial_period_days=14, trial_settings=without_card("pause"))
    stage.wait(days=15)


@chapter.scenario(
    "A paused trial goes on with a card",
    "Resuming begins a new period today and charges it.",
    ends="active",
    invoices="paid 0, paid 6000",
    events="customer.subscription.paused@14 payment_method.attached@20 invoice.paid@20 "
    "customer.subscription.resumed@20",
    card=NO_CARD,
)
def trial_resumes(stage: Stage) -> None:
    subscription = stage.subscribe(trial_period_days=14, trial_settings=without_card("pause"))
    stage.wait(days=20)
    stage.use_card("pm_card_visa")
    stage.api.subscriptions.resume(subscription.id, {"billing_cycle_anchor": "now"})
    stage.wait(days=1)


@chapter.scenario(
    "A trial ends without a card, and the invoice stays open",
    "`missing_payment_method: create_invoice`, Stripe's default: the charge fails for want of a card.",
    ends="past_due",
    invoices="paid 0, open 6000",
    events="customer.subscription.trial_will_end@11 invoice.payment_failed@14",
    card=NO_CARD,
)
def trial_ends_unpaid(stage: Stage) -> None:
    stage.subscribe(trial_period_days=14)
    stage.wait(days=15)


@chapter.scenario(
    "A trial is canceled before its end",
    "Canceled at once: nothing was ever charged.",
    ends="canceled",
    invoices="paid 0",
    events="customer.subscription.created@0 customer.subscription.deleted@5",
)
def trial_canceled(stage: Stage) -> None:
    subscription = stage.subscribe(trial_period_days=14)
    stage.wait(days=5)
    stage.api.subscriptions.cancel(subscription.id)
