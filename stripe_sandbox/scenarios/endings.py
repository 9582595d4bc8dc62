"""How subscriptions end, and how an end is taken back."""

from __future__ import annotations

from stripe_sandbox.scenarios.scenario import Chapter
from stripe_sandbox.scenarios.stage import DAY, Stage

chapter = Chapter("Endings")


@chapter.scenario(
    "Canceled at the period's end",
    "Active until then; `cancel_at` says when.",
    ends="active",
    invoices="paid 6000",
    events="customer.subscription.created@0 customer.subscription.updated@3",
    states="state-ending",
)
def cancel_at_period_end(stage: Stage) -> None:
    subscription = stage.subscribe()
    stage.wait(days=3)
    stage.update(subscription, cancel_at_period_end=True)
    stage.wait(days=5)


@chapter.scenario(
    "A cancellation is taken back",
    "The plan renews as if nothing had been said.",
    ends="active",
    invoices="paid 6000, paid 6000",
    events="customer.subscription.updated@0 customer.subscription.updated@5 invoice.paid@31",
)
def cancellation_taken_back(stage: Stage) -> None:
    subscription = stage.subscribe()
    stage.update(subscription, cancel_at_period_end=True)
    stage.wait(days=5)
    stage.update(subscription, cancel_at_period_end=False)
    stage.wait(days=28)


@chapter.scenario(
    "The canceled period comes to its end",
    "The subscription ends on the hour; there is no further invoice.",
    ends="canceled",
    invoices="paid 6000, paid 6000",
    events="customer.subscription.updated@40 customer.subscription.deleted@59",
    states="state-canceled",
)
def period_end_comes(stage: Stage) -> None:
    subscription = stage.subscribe()
    stage.wait(days=40)
    stage.update(subscription, cancel_at_period_end=True)
    stage.wait(days=25)


@chapter.scenario(
    "Canceled at once, with the rest credited",
    "`prorate` and `invoice_now` make an invoice below zero, which becomes the customer's balance.",
    ends="canceled",
    invoices="paid 6000, paid -3000",
    events="customer.subscription.deleted@15 invoice.paid@15",
)
def cancel_now(stage: Stage) -> None:
    subscription = stage.subscribe()
    stage.wait(days=15.5)
    stage.api.subscriptions.cancel(subscription.id, {"prorate": True, "invoice_now": True})
    stage.wait(days=1)


@chapter.scenario(
    "Canceled at a date",
    "`cancel_at` lies after the next renewal, which is paid for the days that are left.",
    ends="canceled",
    invoices="paid 6000, paid 3000",
    events="customer.subscription.updated@0 invoice.paid@31 customer.subscription.deleted@45",
)
def cancel_at_a_date(stage: Stage) -> None:
    subscription = stage.subscribe()
    stage.update(subscription, cancel_at=stage.now + 45 * DAY)
    stage.wait(days=46)


@chapter.scenario(
    "The customer is deleted",
    "Its subscription ends with it, and its name is gone.",
    ends="canceled",
    invoices="paid 6000",
    events="customer.subscription.deleted@2 customer.deleted@2",
)
def customer_deleted(stage: Stage) -> None:
    stage.subscribe()
    stage.wait(days=2)
    stage.api.customers.delete(stage.customer)
