"""Money that goes back."""

import pytest
import stripe


def charge_of(api, subscription):
    return api.charges.list({"customer": subscription.customer}).data[0]


def test_a_refund_leaves_the_subscription_alone(api, shop):
    subscription = shop.buy()

    refund = api.refunds.create({"charge": charge_of(api, subscription).id})

    assert refund.status == "succeeded"
    assert charge_of(api, subscription).refunded
    assert shop.subscription(subscription.id).status == "active"
    assert "charge.refunded" in shop.events()


def test_more_than_was_paid_cannot_go_back(api, shop):
    charge = charge_of(api, shop.buy())

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"charge": charge.id, "amount": charge.amount + 1})

    assert refused.value.param == "amount"


def test_the_disputed_card_is_disputed(api, shop):
    subscription = shop.buy(card="4000000000000259")

    dispute = api.disputes.list().data[0]
    api.disputes.close(dispute.id)

    assert (dispute.charge, dispute.status) == (charge_of(api, subscription).id, "needs_response")
    assert api.disputes.retrieve(dispute.id).status == "lost"
    assert {"charge.dispute.created", "charge.dispute.closed"} < set(shop.events())
    assert shop.subscription(subscription.id).status == "active"


def test_a_dispute_can_be_sent_about_any_charge(api, shop, control):
    charge = charge_of(api, shop.buy())

    _, event = control("POST", "events", type="charge.dispute.created", object=charge.id)

    assert event["data"]["object"]["object"] == "dispute"
    assert event["data"]["object"]["charge"] == charge.id
    assert api.disputes.retrieve(event["data"]["object"]["id"]).amount == 6000
