"""Checkout sessions."""

import pytest
import stripe

from stripe_sandbox.hosted.checkout_flow import AuthenticationRequired, CardDeclined
from stripe_sandbox.tests.shop import DAY


def test_a_paid_session_makes_an_active_subscription(api, shop):
    session = shop.session("pro-month", 3, client_reference_id="team-1", metadata={"holder": "team-1"})

    shop.world.complete_checkout(session.id)

    done = api.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice", "line_items"]})
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.client_reference_id == "team-1"
    assert done.subscription.status == "active"
    assert done.subscription["items"].data[0].quantity == 3
    assert done.invoice.status == "paid"
    assert done.invoice.total == done.amount_total == 6000
    assert done.line_items.data[0].quantity == 3


def test_events_come_in_stripes_order(shop):
    session = shop.session()
    before = len(shop.events())

    shop.world.complete_checkout(session.id)

    assert shop.events()[before:] == [
        "payment_method.attached",
        "customer.updated",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
        "checkout.session.completed",
    ]


@pytest.mark.parametrize(
    ("card", "reason"),
    [("4000000000000002", "generic_decline"), ("4000000000009995", "insufficient_funds")],
)
def test_a_declined_card_leaves_nothing_behind(api, shop, card, reason):
    session = shop.session()

    with pytest.raises(CardDeclined) as declined:
        shop.world.complete_checkout(session.id, card)

    assert declined.value.decline_code == reason
    assert api.checkout.sessions.retrieve(session.id).status == "open"
    assert api.subscriptions.list({"status": "all"}).data == []
    assert api.customers.payment_methods.list(session.customer).data == []


def test_a_card_that_asks_for_authentication_pays_once_it_is_given(api, shop):
    session = shop.session()

    with pytest.raises(AuthenticationRequired):
        shop.world.complete_checkout(session.id, "4000002500003155")
    shop.world.complete_checkout(session.id, "4000002500003155", authenticated=True)
    shop.wait(32)

    assert api.subscriptions.list({"customer": session.customer}).data[0].status == "active"


def test_a_trial_takes_no_money_today(api, shop):
    session = shop.session(subscription_data={"trial_period_days": 14, "metadata": {"holder": "t"}})

    shop.world.complete_checkout(session.id)

    done = api.checkout.sessions.retrieve(session.id, {"expand": ["subscription.latest_invoice"]})
    trial = done.subscription
    assert (done.payment_status, done.amount_total) == ("no_payment_required", 0)
    assert trial.status == "trialing"
    assert trial.trial_end - trial.trial_start == 14 * DAY
    assert trial["items"].data[0].current_period_end == trial.trial_end
    assert trial.metadata["holder"] == "t"
    assert (trial.latest_invoice.status, trial.latest_invoice.total) == ("paid", 0)


def test_an_expired_session_takes_no_payment(api, shop):
    session = shop.session()

    api.checkout.sessions.expire(session.id)

    assert api.checkout.sessions.retrieve(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        api.checkout.sessions.expire(session.id)
    assert "checkout.session.expired" in shop.events()


def test_a_session_expires_by_itself_after_a_day(api, shop):
    session = shop.session()

    shop.wait(1.01)

    assert api.checkout.sessions.retrieve(session.id).status == "expired"


def test_a_session_without_customer_makes_one(api, shop):
    session = shop.session(customer_email="new@example.com")

    shop.world.complete_checkout(session.id, name="New Person")

    customer = api.customers.retrieve(api.checkout.sessions.retrieve(session.id).customer)
    assert (customer.email, customer.name) == ("new@example.com", "New Person")


def test_sessions_are_listed_by_customer_and_status(api, shop):
    first, second = shop.session(), shop.session()
    api.checkout.sessions.expire(second.id)

    found = api.checkout.sessions.list({"customer": first.customer, "status": "open"}).data

    assert [session.id for session in found] == [first.id]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"line_items": [{"price": "price_none", "quantity": 1}]}, "line_items[0][price]"),
        ({"customer": "cus_none"}, "customer"),
        ({"coupon": "x"}, "coupon"),
        ({"mode": "sometimes"}, "mode"),
    ],
)
def test_a_bad_session_is_refused(shop, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.session(**params)

    assert refused.value.param == param
