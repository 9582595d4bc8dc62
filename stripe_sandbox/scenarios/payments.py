"""First payments, renewals, and cards that stop paying."""

from __future__ import annotations

from stripe_sandbox.scenarios.scenario import Chapter
from stripe_sandbox.scenarios.stage import Stage

chapter = Chapter("Payments")
FAILING_CARD = "pm_card_chargeCustomerFail"
CARD_THAT_ASKS = "pm_card_authenticationRequired"


@chapter.scenario(
    "A year is paid at once",
    "One invoice, one charge; the next is a year away.",
    ends="active",
    invoices="paid 29000",
    events="customer.subscription.created invoice.paid",
    states="state-starter",
)
def year_paid(stage: Stage) -> None:
    stage.subscribe("starter-year")
    stage.wait(days=40)


@chapter.scenario(
    "A renewal is paid",
    "Announced seven days before, drafted for an hour, then finalized and paid.",
    ends="active",
    invoices="paid 6000, paid 6000",
    events="customer.subscription.created@0 invoice.paid@0 invoice.upcoming@24 "
    "customer.subscription.updated@31 invoice.created@31 invoice.finalized@31 invoice.paid@31",
    states="state-active",
)
def renewal_paid(stage: Stage) -> None:
    stage.subscribe()
    stage.wait(days=35)


@chapter.scenario(
    "The first payment asks for authentication",
    "The subscription is incomplete: nothing is granted, and the invoice is open for 23 hours.",
    ends="incomplete",
    invoices="open 6000",
    events="customer.subscription.created invoice.payment_action_required",
    states="state-incomplete",
    card=CARD_THAT_ASKS,
)
def first_payment_asks(stage: Stage) -> None:
    stage.subscribe()


@chapter.scenario(
    "The first payment is declined, then made",
    "Another card pays the open invoice, and the subscription begins.",
    ends="active",
    invoices="paid 6000",
    events="customer.subscription.created invoice.payment_failed invoice.paid customer.subscription.updated",
    card=FAILING_CARD,
)
def first_payment_recovers(stage: Stage) -> None:
    subscription = stage.subscribe()
    card = stage.use_card("pm_card_visa")
    stage.api.invoices.pay(subscription.latest_invoice, {"payment_method": card.id})


@chapter.scenario(
    "The first payment is never finished",
    "After 23 hours the subscription is `incomplete_expired`, and its invoice is void.",
    ends="incomplete_expired",
    invoices="void 6000",
    events="customer.subscription.created invoice.payment_action_required invoice.voided "
    "customer.subscription.updated",
    states="state-incomplete-expired",
    card=CARD_THAT_ASKS,
)
def first_payment_expires(stage: Stage) -> None:
    stage.subscribe()
    stage.wait(days=1)


def renew_once_then_fail(stage: Stage) -> None:
    stage.subscribe()
    stage.wait(days=40)
    stage.use_card(FAILING_CARD)


@chapter.scenario(
    "A renewal fails",
    "The card stops paying after a month: the subscription is past due while Stripe tries again.",
    ends="past_due",
    invoices="paid 6000, paid 6000, open 6000",
    events="invoice.paid@0 invoice.paid@31 invoice.payment_failed@59",
    states="state-past-due",
)
def renewal_fails(stage: Stage) -> None:
    renew_once_then_fail(stage)
    stage.wait(days=22)


@chapter.scenario(
    "A renewal fails, and the customer pays it",
    "A new card pays the open invoice by hand; the subscription is active again.",
    ends="active",
    invoices="paid 6000, paid 6000, paid 6000",
    events="invoice.payment_failed@59 payment_method.attached@60 invoice.paid@60",
)
def renewal_paid_by_hand(stage: Stage) -> None:
    renew_once_then_fail(stage)
    stage.wait(days=20)
    card = stage.use_card("pm_card_visa")
    invoice = stage.first("invoices", customer=stage.customer)
    stage.api.invoices.pay(invoice.id, {"payment_method": card.id})


@chapter.scenario(
    "A card fails, then recovers",
    "Refused at the renewal and on day 3; a new card pays on day 5, without the customer being there.",
    ends="active",
    invoices="paid 6000, paid 6000, paid 6000",
    events="invoice.payment_failed@59 invoice.payment_failed@62 payment_method.attached@63 invoice.paid@64",
    local=True,
)
def retry_succeeds(stage: Stage) -> None:
    renew_once_then_fail(stage)
    stage.wait(days=23)  # the renewal, and the first retry
    stage.use_card("pm_card_visa")
    stage.wait(days=2)


@chapter.scenario(
    "A renewal asks for authentication",
    "Nobody is there to give it: past due until the customer pays with a card that does not ask.",
    ends="active",
    invoices="paid 6000, paid 6000",
    events="invoice.payment_action_required@31 invoice.paid@32",
)
def renewal_asks(stage: Stage) -> None:
    stage.subscribe()
    stage.use_card(CARD_THAT_ASKS)
    stage.wait(days=32)
    card = stage.use_card("pm_card_visa")
    invoice = stage.first("invoices", customer=stage.customer)
    stage.api.invoices.pay(invoice.id, {"payment_method": card.id})


@chapter.scenario(
    "The last retry fails, and the plan ends",
    "Refused on days 0, 3, 5 and 7. The account's setting `cancel` ends the subscription.",
    ends="canceled",
    invoices="paid 6000, paid 6000, open 6000",
    events="invoice.payment_failed@59 invoice.payment_failed@62 invoice.payment_failed@64 "
    "invoice.payment_failed@66 customer.subscription.deleted@66",
    local=True,
)
def retries_end_canceled(stage: Stage) -> None:
    renew_once_then_fail(stage)
    with stage.local.after_retries("cancel"):
        stage.wait(days=32)


@chapter.scenario(
    "The last retry fails, and the plan is unpaid",
    "The account's setting `unpaid` keeps the subscription; later invoices stay drafts.",
    ends="unpaid",
    invoices="paid 6000, paid 6000, open 6000",
    events="invoice.payment_failed@59 invoice.payment_failed@62 invoice.payment_failed@64 "
    "invoice.payment_failed@66 customer.subscription.updated@66",
    states="state-unpaid",
    local=True,
)
def retries_end_unpaid(stage: Stage) -> None:
    renew_once_then_fail(stage)
    with stage.local.after_retries("unpaid"):
        stage.wait(days=32)


@chapter.scenario(
    "The last retry fails, and the plan stays past due",
    "The account's setting `past_due` leaves it as it is: access is the shop's own decision.",
    ends="past_due",
    invoices="paid 6000, paid 6000, open 6000",
    events="invoice.payment_failed@59 invoice.payment_failed@62 invoice.payment_failed@64 "
    "invoice.payment_failed@66",
    local=True,
)
def retries_end_past_due(stage: Stage) -> None:
    renew_once_then_fail(stage)
    with stage.local.after_retries("past_due"):
        stage.wait(days=32)
