"""Refunds: money goes back to a card, at once, later, or not after all."""

import pytest
import stripe


def paid(api, card="pm_card_visa", amount=2000, **params):
    given = {"amount": amount, "currency": "usd", "payment_method": card, "confirm": True}
    return api.payment_intents.create(given | {"payment_method_types": ["card"]} | params)


def test_a_part_and_then_the_rest_goes_back(api, shop):
    charge = paid(api).latest_charge

    part = api.refunds.create({"charge": charge, "amount": 500, "reason": "requested_by_customer"})
    rest = api.refunds.create({"charge": charge, "metadata": {"ticket": "9"}})

    found = api.charges.retrieve(charge, {"expand": ["refunds"]})
    assert (part.amount, part.reason, part.status) == (500, "requested_by_customer", "succeeded")
    assert (rest.amount, rest.metadata["ticket"]) == (1500, "9")
    assert (found.amount_refunded, found.refunded) == (2000, True)
    assert {refund.id for refund in found.refunds.data} == {part.id, rest.id}
    assert shop.events()[-2:] == ["charge.refunded", "refund.created"]


def test_a_refund_takes_from_the_balance_without_giving_the_fee_back(api):
    intent = paid(api)

    refund = api.refunds.create({"payment_intent": intent.id, "expand": ["balance_transaction"]})

    moved = refund.balance_transaction
    assert (moved.type, moved.amount, moved.fee, moved.source) == ("refund", -2000, 0, refund.id)


@pytest.mark.parametrize(
    ("amount", "code"),
    [(2001, "amount_too_large"), (0, "parameter_invalid_integer"), (-1, "parameter_invalid_integer")],
)
def test_no_other_amount_goes_back_than_was_paid(api, amount, code):
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.refunds.create({"payment_intent": paid(api).id, "amount": amount})

    assert (error.value.code, error.value.param) == (code, "amount")


def test_what_went_back_does_not_go_back_again(api):
    charge = paid(api).latest_charge
    api.refunds.create({"charge": charge})

    with pytest.raises(stripe.InvalidRequestError) as error:
        api.refunds.create({"charge": charge})

    assert error.value.code == "charge_already_refunded"


def test_held_money_and_nothing_are_not_refunded(api):
    held = paid(api, capture_method="manual")

    for named in ({"payment_intent": held.id}, {"charge": "ch_none"}, {}):
        with pytest.raises(stripe.InvalidRequestError):
            api.refunds.create(named)

    assert api.refunds.list().data == []


def test_a_pending_refund_arrives_later(api, shop):
    refund = api.refunds.create({"payment_intent": paid(api, "pm_card_pendingRefund").id})

    shop.wait(1)

    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert api.refunds.retrieve(refund.id).status == "succeeded"
    assert shop.events()[-2:] == ["refund.updated", "charge.refund.updated"]


def test_a_refund_that_fails_comes_back_to_the_account(api, shop):
    intent = paid(api, "pm_card_refundFail")
    refund = api.refunds.create({"payment_intent": intent.id})

    shop.wait(1)

    failed = api.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    charge = api.charges.retrieve(intent.latest_charge)
    assert (refund.status, failed.status) == ("succeeded", "failed")
    assert failed.failure_reason == "expired_or_canceled_card"
    assert failed.failure_balance_transaction.amount == 2000
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert "refund.failed" in shop.events()


def test_a_cards_refund_is_not_canceled(api):
    refund = api.refunds.create({"payment_intent": paid(api).id})

    with pytest.raises(stripe.InvalidRequestError):
        api.refunds.cancel(refund.id)

    assert api.refunds.retrieve(refund.id).status == "succeeded"


def test_refunds_are_found_by_charge_and_get_words(api):
    intent = paid(api)
    refund = api.refunds.create({"payment_intent": intent.id, "amount": 1})
    api.refunds.create({"payment_intent": paid(api).id})

    api.refunds.update(refund.id, {"metadata": {"why": "broken"}})

    found = api.refunds.list({"charge": intent.latest_charge}).data
    assert [(one.id, one.metadata["why"]) for one in found] == [(refund.id, "broken")]


def test_a_charge_gets_words_and_is_listed_by_its_intent(api, shop):
    intent = paid(api)

    api.charges.update(
        intent.latest_charge, {"description": "Team 7", "fraud_details": {"user_report": "safe"}}
    )

    charge = api.charges.list({"payment_intent": intent.id}).data[0]
    assert (charge.description, charge.fraud_details.user_report) == ("Team 7", "safe")
    assert shop.events()[-1] == "charge.updated"


def test_a_held_charge_is_captured_once(api):
    held = paid(api, capture_method="manual")

    api.charges.capture(held.latest_charge)
    with pytest.raises(stripe.InvalidRequestError) as error:
        api.charges.capture(held.latest_charge)

    assert api.payment_intents.retrieve(held.id).status == "succeeded"
    assert error.value.code == "charge_already_captured"
