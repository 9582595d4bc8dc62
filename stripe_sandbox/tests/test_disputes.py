"""Disputes: a cardholder contests a charge, and the bank decides."""

import pytest
import stripe


def contested(api, card="pm_card_createDispute"):
    api.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": card,
            "confirm": True,
            "payment_method_types": ["card"],
        }
    )
    return api.disputes.list().data[0]


def evidence(text):
    return {"evidence": {"uncategorized_text": text, "customer_name": "Ada"}}


def net_of(api):
    return sum(move.net for move in api.balance_transactions.list().data)


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("pm_card_createDispute", "fraudulent"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received"),
    ],
)
def test_a_contested_charge_takes_the_money_back(api, shop, card, reason):
    dispute = contested(api, card)

    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", reason, 2000)
    assert [(move.amount, move.fee, move.net) for move in dispute.balance_transactions] == [
        (-2000, 1500, -3500)
    ]
    assert api.charges.retrieve(dispute.charge).disputed
    assert shop.events()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_good_evidence_brings_the_money_back_but_not_the_fee(api, shop):
    dispute = contested(api)
    before = net_of(api)

    won = api.disputes.update(dispute.id, evidence("winning_evidence"))

    assert (won.status, won.evidence.customer_name, won.evidence_details.submission_count) == (
        "won",
        "Ada",
        1,
    )
    assert net_of(api) - before == 2000
    assert shop.events()[-3:] == [
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_bad_evidence_loses(api, shop):
    lost = api.disputes.update(contested(api).id, evidence("losing_evidence"))

    assert lost.status == "lost"
    assert shop.events()[-2:] == ["charge.dispute.updated", "charge.dispute.closed"]


def test_evidence_is_kept_until_it_is_submitted_once(api):
    dispute = contested(api)

    kept = api.disputes.update(dispute.id, evidence("a letter") | {"submit": False})
    sent = api.disputes.update(dispute.id, {"submit": True})
    with pytest.raises(stripe.InvalidRequestError):
        api.disputes.update(dispute.id, evidence("another letter"))

    assert (kept.status, kept.evidence_details.has_evidence) == ("needs_response", True)
    assert (sent.status, sent.evidence.uncategorized_text) == ("under_review", "a letter")


def test_closing_accepts_the_loss(api):
    dispute = contested(api)

    closed = api.disputes.close(dispute.id)
    with pytest.raises(stripe.InvalidRequestError):
        api.disputes.close(dispute.id)

    assert closed.status == "lost"


def test_nobody_answers_and_it_is_lost(api, shop):
    dispute = contested(api)

    shop.wait(10)

    lapsed = api.disputes.retrieve(dispute.id)
    assert (lapsed.status, lapsed.evidence_details.past_due) == ("lost", True)


def test_an_inquiry_takes_no_money_and_closes_with_a_full_refund(api, shop):
    inquiry = contested(api, "pm_card_createDisputeInquiry")

    api.refunds.create({"charge": inquiry.charge})

    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert inquiry.payment_method_details.card.case_type == "inquiry"
    assert inquiry.balance_transactions == []
    assert api.disputes.retrieve(inquiry.id).status == "warning_closed"
    assert "charge.dispute.funds_withdrawn" not in shop.events()


def test_an_inquiry_may_become_a_chargeback(api, shop):
    inquiry = contested(api, "pm_card_createDisputeInquiry")

    api.disputes.update(inquiry.id, evidence("escalate_inquiry_evidence"))

    escalated = api.disputes.retrieve(inquiry.id)
    assert (escalated.status, escalated.payment_method_details.card.case_type) == (
        "needs_response",
        "chargeback",
    )
    assert "charge.dispute.funds_withdrawn" in shop.events()


def test_contested_money_is_not_refunded(api):
    dispute = contested(api)

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.refunds.create({"charge": dispute.charge})

    assert error.value.code == "charge_disputed"


def test_disputes_are_found_by_charge_and_by_intent(api):
    dispute = contested(api)
    contested(api)

    for named in ({"charge": dispute.charge}, {"payment_intent": dispute.payment_intent}):
        assert [found.id for found in api.disputes.list(named).data] == [dispute.id]


def test_a_dispute_on_a_test_clock_waits_for_that_clock(api, shop, demo_world):
    clock = api.test_helpers.test_clocks.create({"frozen_time": demo_world.wall_clock()})
    customer = shop.customer_with_card("pm_card_createDispute", test_clock=clock.id)
    items = [{"price": shop.price("starter-month")}]
    api.subscriptions.create({"customer": customer.id, "items": items})
    dispute = api.disputes.list().data[0]

    shop.wait(10)
    still = api.disputes.retrieve(dispute.id).status
    api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": clock.frozen_time + 10 * 86400})

    assert still == "needs_response"
    assert api.disputes.retrieve(dispute.id).status == "lost"
