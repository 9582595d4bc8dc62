"""Money that goes back, money off, other currencies, and invoices paid by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from stripe_sandbox.scenarios.scenario import Chapter
from stripe_sandbox.scenarios.stage import Stage

chapter = Chapter("Money")
DISPUTED_CARD = "pm_card_createDispute"


def disputed_charge(stage: Stage) -> Any:
    stage.subscribe()
    charge = stage.first("charges", customer=stage.customer)
    return stage.first("disputes", charge=charge.id)


@chapter.scenario(
    "A charge is disputed",
    "The cardholder asks the bank for the money; the subscription stays as it is.",
    ends="active",
    invoices="paid 6000",
    events="invoice.paid charge.dispute.created",
    states="state-disputed",
    card=DISPUTED_CARD,
)
def dispute_opened(stage: Stage) -> None:
    disputed_charge(stage)
    stage.wait(days=3)


@chapter.scenario(
    "A dispute is lost",
    "The shop accepts it: the money is gone, the subscription is not.",
    ends="active",
    invoices="paid 6000",
    events="charge.dispute.created charge.dispute.closed",
    card=DISPUTED_CARD,
)
def dispute_lost(stage: Stage) -> None:
    dispute = disputed_charge(stage)
    stage.api.disputes.close(dispute.id)
    stage.until(lambda: stage.api.disputes.retrieve(dispute.id).status == "lost")


@chapter.scenario(
    "A dispute is won",
    "The evidence `winning_evidence` brings the money back, in test mode.",
    ends="active",
    invoices="paid 6000",
    events="charge.dispute.created charge.dispute.closed",
    card=DISPUTED_CARD,
)
def dispute_won(stage: Stage) -> None:
    dispute = disputed_charge(stage)
    evidence = {"uncategorized_text": "winning_evidence"}
    stage.api.disputes.update(dispute.id, {"evidence": evidence, "submit": True})
    stage.until(lambda: stage.api.disputes.retrieve(dispute.id).status == "won")


@chapter.scenario(
    "A payment is given back",
    "A full refund leaves invoice and subscription as they are.",
    ends="active",
    invoices="paid 6000",
    events="invoice.paid charge.refunded",
)
def refund(stage: Stage) -> None:
    stage.subscribe()
    charge = stage.first("charges", customer=stage.customer)
    stage.api.refunds.create({"charge": charge.id, "reason": "requested_by_customer"})


@chapter.scenario(
    "A coupon for the first three months",
    "A quarter off, three times; the fourth invoice is whole again.",
    ends="active",
    invoices="paid 4500, paid 4500, paid 4500, paid 6000",
    events="customer.subscription.created@0 invoice.paid@0 invoice.paid@31 invoice.paid@59 invoice.paid@90",
)
def coupon(stage: Stage) -> None:
    made = stage.api.coupons.create({"percent_off": 25, "duration": "repeating", "duration_in_months": 3})
    stage.subscribe(discounts=[{"coupon": made.id}])
    stage.wait(days=100)


@chapter.scenario(
    "A promotion code, once",
    "Ten dollars off the first invoice alone.",
    ends="active",
    invoices="paid 5000, paid 6000",
    events="customer.subscription.created@0 invoice.paid@0 invoice.paid@31",
)
def promotion_code(stage: Stage) -> None:
    made = stage.api.coupons.create({"amount_off": 1000, "currency": "usd", "duration": "once"})
    code = stage.api.promotion_codes.create({"promotion": {"type": "coupon", "coupon": made.id}})
    stage.subscribe(discounts=[{"promotion_code": code.id}])
    stage.wait(days=32)


@chapter.scenario(
    "The 31st of January",
    "Renewals fall on the last day of shorter months and come back to the 31st.",
    ends="active",
    invoices="paid 6000, paid 6000, paid 6000, paid 6000",
    events="invoice.paid@0 invoice.paid@28 invoice.paid@59 invoice.paid@89",
    began=datetime(2027, 1, 31, 10, tzinfo=UTC),
)
def month_end(stage: Stage) -> None:
    stage.subscribe()
    for month, day in ((2, 28), (3, 31), (4, 30)):
        stage.wait_until(datetime(2027, month, day, 12, tzinfo=UTC))


@chapter.scenario(
    "A currency without cents",
    "Yen have no minor unit: 4350 is what the customer pays, and half a month rounds to a whole yen.",
    ends="active",
    invoices="paid 4350, paid 2175",
    events="invoice.paid@0 customer.subscription.updated@15 invoice.paid@15",
)
def zero_decimal(stage: Stage) -> None:
    subscription = stage.subscribe("starter-yen")
    stage.wait(days=15.5)
    stage.change(subscription, "starter-yen", 2, proration_behavior="always_invoice")
    stage.wait(days=1)


@chapter.scenario(
    "An invoice is sent and paid by transfer",
    "`send_invoice` charges no card: the invoice is open until the shop marks it as paid.",
    ends="active",
    invoices="paid 6000",
    events="customer.subscription.created@0 invoice.finalized@0 invoice.paid@2",
    card="",
)
def paid_by_transfer(stage: Stage) -> None:
    subscription = stage.subscribe(collection_method="send_invoice", days_until_due=14)
    stage.wait(days=2)
    stage.api.invoices.pay(subscription.latest_invoice, {"paid_out_of_band": True})


@chapter.scenario(
    "An invoice is sent and not paid",
    "After its due date the subscription is past due.",
    ends="past_due",
    invoices="open 6000",
    events="customer.subscription.created@0 invoice.finalized@0 invoice.overdue@14",
    card="",
)
def transfer_overdue(stage: Stage) -> None:
    stage.subscribe(collection_method="send_invoice", days_until_due=14)
    stage.wait(days=16)
