"""Another plan, more seats, fewer seats, a pause, a price that moves, a second plan."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.scenarios.scenario import Chapter
from stripe_sandbox.scenarios.stage import DAY, Stage

chapter = Chapter("Changes")


@chapter.scenario(
    "Upgrade in the middle of a period",
    "What is left of the old plan and of the new one waits for the next invoice.",
    ends="active",
    invoices="paid 2900, paid 7550",
    events="invoice.paid@0 customer.subscription.updated@15 invoice.paid@31",
)
def upgrade_mid_period(stage: Stage) -> None:
    subscription = stage.subscribe("starter-month")
    stage.wait(days=15.5)
    stage.change(subscription, "pro-month", proration_behavior="create_prorations")
    stage.wait(days=16)


@chapter.scenario(
    "Upgrade, invoiced at once",
    "`proration_behavior: always_invoice` charges the difference today.",
    ends="active",
    invoices="paid 2900, paid 1550",
    events="invoice.paid@0 customer.subscription.updated@15 invoice.paid@15",
)
def upgrade_invoiced(stage: Stage) -> None:
    subscription = stage.subscribe("starter-month")
    stage.wait(days=15.5)
    stage.change(subscription, "pro-month", proration_behavior="always_invoice")
    stage.wait(days=1)


@chapter.scenario(
    "From month to year",
    "The new interval begins a new period today; what is left of the month is credited.",
    ends="active",
    invoices="paid 6000, paid 57000",
    events="invoice.paid@0 customer.subscription.updated@15 invoice.paid@15",
)
def month_to_year(stage: Stage) -> None:
    subscription = stage.subscribe()
    stage.wait(days=15.5)
    stage.change(subscription, "pro-year")
    stage.wait(days=1)


@chapter.scenario(
    "Seats from three to seven and back",
    "Each change counts for the days it lasts, and the next invoice adds it up.",
    ends="active",
    invoices="paid 6000, paid 8000",
    events="invoice.paid@0 customer.subscription.updated@7 customer.subscription.updated@15 invoice.paid@31",
)
def seats_up_and_down(stage: Stage) -> None:
    subscription = stage.subscribe()
    stage.wait(days=7.75)
    stage.change(subscription, "pro-month", 7)
    stage.wait(days=7.75)
    stage.change(subscription, "pro-month", 3)
    stage.wait(days=16)


def schedule_downgrade(stage: Stage) -> Any:
    """To Starter with the next period: a schedule of two phases, of which the first is what there is."""
    subscription = stage.subscribe()
    stage.wait(days=5)
    schedules = stage.api.subscription_schedules
    schedule = schedules.create({"from_subscription": subscription.id})
    present = {"start_date": schedule.phases[0].start_date, "end_date": schedule.phases[0].end_date}
    next_month = {"duration": {"interval": "month"}, "proration_behavior": "none"}
    phases = [
        {"items": [stage.line("pro-month")], **present},
        {"items": [stage.line("starter-month")], **next_month},
    ]
    return schedules.update(schedule.id, {"phases": phases, "end_behavior": "release"})


@chapter.scenario(
    "A downgrade is scheduled",
    "The plan stays until the period ends; the subscription names its schedule.",
    ends="active",
    invoices="paid 6000",
    events="invoice.paid subscription_schedule.created subscription_schedule.updated",
    states="state-downgrading",
)
def downgrade_scheduled(stage: Stage) -> None:
    schedule_downgrade(stage)
    stage.wait(days=3)


@chapter.scenario(
    "A downgrade takes place at the renewal",
    "The next invoice is the smaller plan's, without prorations; the schedule lets go a month later.",
    ends="active",
    invoices="paid 6000, paid 2900, paid 2900",
    events="subscription_schedule.created@5 customer.subscription.updated@31 invoice.paid@31 "
    "subscription_schedule.released@59",
)
def downgrade_at_renewal(stage: Stage) -> None:
    schedule_downgrade(stage)
    stage.wait(days=58)


@chapter.scenario(
    "A scheduled downgrade is taken back",
    "Releasing the schedule leaves the subscription as it is.",
    ends="active",
    invoices="paid 6000, paid 6000",
    events="subscription_schedule.created@5 subscription_schedule.released@5 invoice.paid@31",
)
def downgrade_taken_back(stage: Stage) -> None:
    schedule = schedule_downgrade(stage)
    stage.api.subscription_schedules.release(schedule.id)
    stage.wait(days=30)


@chapter.scenario(
    "An upgrade waits for its payment",
    "`pending_if_incomplete` keeps the old plan until the difference is paid.",
    ends="active",
    invoices="paid 2900, paid 1550",
    events="invoice.payment_failed@15 customer.subscription.pending_update_applied@15",
)
def upgrade_waits(stage: Stage) -> None:
    subscription = stage.subscribe("starter-month")
    stage.wait(days=15.5)
    stage.use_card("pm_card_chargeCustomerFail")
    waiting = "pending_if_incomplete"
    changed = stage.change(
        subscription, "pro-month", payment_behavior=waiting, proration_behavior="always_invoice"
    )
    card = stage.use_card("pm_card_visa")
    stage.api.invoices.pay(changed.latest_invoice, {"payment_method": card.id})


@chapter.scenario(
    "Payments are on hold",
    "Collection is paused with a date to go on; the status stays active.",
    ends="active",
    invoices="paid 6000",
    events="invoice.paid customer.subscription.updated",
    states="state-collection-paused",
)
def collection_paused(stage: Stage) -> None:
    subscription = stage.subscribe()
    resumes = stage.now + 28 * DAY
    stage.update(subscription, pause_collection={"behavior": "void", "resumes_at": resumes})
    stage.wait(days=8)


@chapter.scenario(
    "Payments are on hold for a month, then go on",
    "The invoice of that month is void, the next one is paid.",
    ends="active",
    invoices="paid 6000, void 6000, paid 6000",
    events="invoice.paid@0 customer.subscription.updated@0 invoice.voided@31 "
    "customer.subscription.updated@35 invoice.paid@59",
)
def collection_resumes(stage: Stage) -> None:
    subscription = stage.subscribe()
    stage.update(subscription, pause_collection={"behavior": "void"})
    stage.wait(days=35)
    stage.update(subscription, pause_collection="")
    stage.wait(days=30)


@chapter.scenario(
    "The price of a plan is raised",
    "The lookup key moves to the new price: who is there keeps the old one, who comes pays the new one.",
    ends="active active",
    invoices="paid 2000, paid 2500, paid 2000, paid 2500",
    events="customer.subscription.created customer.subscription.created",
)
def price_moves(stage: Stage) -> None:
    key = f"scenario-moving-{stage.customer}"
    old = new_price(stage, key, 2000)
    subscribe_to(stage, key)
    new_price(stage, key, 2500, product=old.product, transfer_lookup_key=True)
    stage.api.prices.update(old.id, {"active": False})
    stage.wait(days=2)
    subscribe_to(stage, key)
    stage.wait(days=32)


def new_price(stage: Stage, key: str, amount: int, **params: Any) -> Any:
    product = {} if "product" in params else {"product_data": {"name": "Scenario Moving"}}
    month = {"currency": "usd", "recurring": {"interval": "month"}}
    return stage.api.prices.create({"lookup_key": key, "unit_amount": amount, **month, **product, **params})


def subscribe_to(stage: Stage, key: str) -> None:
    price = stage.api.prices.list({"lookup_keys": [key]}).data[0]
    stage.api.subscriptions.create({"customer": stage.customer, "items": [{"price": price.id}]})


@chapter.scenario(
    "A second subscription by mistake",
    "Stripe sells the same plan twice to one customer without a word.",
    ends="active active",
    invoices="paid 6000, paid 6000",
    events="customer.subscription.created customer.subscription.created",
)
def second_subscription(stage: Stage) -> None:
    stage.subscribe()
    stage.wait(days=2)
    stage.subscribe()
    stage.wait(days=1)


@chapter.scenario(
    "A second subscription is taken back",
    "It is canceled at once, and its payment is given back.",
    ends="active canceled",
    invoices="paid 6000, paid 6000",
    events="customer.subscription.created customer.subscription.created customer.subscription.deleted "
    "charge.refunded",
)
def second_subscription_undone(stage: Stage) -> None:
    stage.subscribe()
    stage.wait(days=2)
    second = stage.subscribe()
    stage.api.subscriptions.cancel(second.id)
    charge = stage.first("charges", customer=stage.customer)
    stage.api.refunds.create({"charge": charge.id, "reason": "duplicate"})
