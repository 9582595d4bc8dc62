"""What goes wrong on the way to Checkout and back."""

from __future__ import annotations

import io

import pytest
import stripe as stripe_client
from django.core.management import call_command
from djstripe.models import Price

from apps.subscriptions import sync
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import CheckoutAttempt, Subscription
from apps.subscriptions.services.checkout import close_attempt
from apps.subscriptions.tests.catalogue import sell
from apps.subscriptions.tests.checkout_sessions import SESSIONS, asked, open_sessions
from apps.subscriptions.tests.conftest import calls, choose, current, open_session

pytestmark = pytest.mark.django_db


def test_a_session_that_expired_overnight_is_replaced(stripe, holder, owner_client):
    first = choose(owner_client, holder, "pro")["Location"]
    stripe.advance(86400 + 60)

    second = choose(owner_client, holder, "pro")["Location"]

    assert second not in ("", first)
    assert len(open_sessions(stripe)) == 1


def test_a_price_that_changed_meanwhile_makes_the_old_session_unpayable(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    first = open_session(holder)
    price = sell(stripe, "pro", unit_amount=900)

    choose(owner_client, holder, "pro")

    assert stripe.get(first)["status"] == "expired"
    assert asked(stripe)["line_items"][0]["price"] == price["id"]


def test_a_customer_deleted_between_our_look_and_the_session_is_replaced(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()
    first = holder.stripe_customer_id
    stripe.faults.add(
        {
            "match": {"method": "POST", "path": SESSIONS},
            "times": 1,
            "status": 400,
            "error": {
                "type": "invalid_request_error",
                "code": "resource_missing",
                "param": "customer",
                "message": f"No such customer: '{first}'",
            },
        }
    )
    stripe_client.Customer.delete(first, api_key="sk_test_" + 24 * "0")

    again = choose(owner_client, holder, "starter")

    holder.refresh_from_db()
    assert "/checkout/cs_" in again["Location"]
    assert holder.stripe_customer_id not in ("", first)
    assert asked(stripe)["customer"] == holder.stripe_customer_id


@pytest.mark.parametrize(
    "error",
    [
        {"code": "customer_tax_location_invalid", "param": "automatic_tax"},
        {"code": "resource_missing", "param": "line_items[0][price]"},
        {"param": "line_items[0][price]"},
    ],
    ids=str,
)
def test_stripe_refusing_the_session_is_a_sentence_and_the_next_try_is_new(
    stripe, holder, owner_client, error
):
    refusal = {"type": "invalid_request_error", "message": "No.", **error}
    stripe.faults.add(
        {"match": {"method": "POST", "path": SESSIONS}, "times": 1, "status": 400, "error": refusal}
    )

    page = owner_client.post(
        billing_url("checkout", holder), {"plan": "pro", "interval": "month"}, follow=True
    )
    again = choose(owner_client, holder, "pro")

    assert "The payment page could not be opened" in page.content.decode()
    assert "/checkout/cs_" in again["Location"]
    keys = [call["idempotency_key"] for call in calls(stripe, "POST", SESSIONS)]
    assert len(set(keys)) == 2


def test_a_refused_attempt_is_not_in_the_way_of_another_plan(stripe, holder, owner_client):
    """Its answer was lost, and its customer is gone: there is nothing to expire."""
    stripe.faults.add({"match": {"method": "POST", "path": SESSIONS}, "times": 1, "status": 500})
    choose(owner_client, holder, "pro")
    attempt = CheckoutAttempt.objects.get()
    attempt.parameters["customer"] = "cus_gone"
    attempt.save()

    again = choose(owner_client, holder, "starter")

    assert "/checkout/cs_" in again["Location"]


def test_a_session_stripe_no_longer_knows_is_replaced(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    CheckoutAttempt.objects.update(session_id="cs_test_of_another_account")

    again = choose(owner_client, holder, "pro")

    assert "/checkout/cs_" in again["Location"]


@pytest.mark.parametrize("fault", [{"drop_response": True}, {"status": 500}], ids=["lost answer", "not done"])
def test_stripe_away_while_the_customer_is_named_makes_no_second_one(stripe, holder, owner_client, fault):
    stripe.faults.add({"match": {"method": "POST", "path": "/v1/customers/*"}, "times": 2, **fault})
    choose(owner_client, holder, "pro")
    choose(owner_client, holder, "pro")

    again = choose(owner_client, holder, "pro")

    assert "/checkout/cs_" in again["Location"]
    (customer,) = stripe.all("customer")
    assert customer["email"] == "owner@example.com"


def test_an_address_stripe_does_not_take_is_no_reason_not_to_sell(stripe, holder, owner_client):
    error = {"type": "invalid_request_error", "code": "email_invalid", "message": "Invalid email address"}
    stripe.faults.add(
        {"match": {"method": "POST", "path": "/v1/customers/*"}, "times": 1, "status": 400, "error": error}
    )

    assert "/checkout/cs_" in choose(owner_client, holder, "pro")["Location"]


def test_an_expired_session_closes_its_attempt_once(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    session = open_session(holder)

    assert close_attempt(session) is True
    assert close_attempt(session) is False
    assert close_attempt("") is False


def test_paid_in_the_moment_another_plan_is_chosen_there_is_one_subscription(stripe, holder, owner_client):
    choose(owner_client, holder, "starter")
    stripe.complete_checkout(open_session(holder))

    response = choose(owner_client, holder, "pro")

    assert "/portal/bps_" in response["Location"]
    assert open_sessions(stripe) == []
    assert Subscription.objects.filter(holder=holder).count() == 1


@pytest.fixture
def subscribed_otherwise(stripe, api, holder, owner_client):
    """The payment page is open while somebody makes a subscription in Stripe's dashboard."""
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()
    card = api.payment_methods.attach("pm_card_visa", {"customer": holder.stripe_customer_id}).id
    (price,) = Price.objects.filter(lookup_key="starter-month").values_list("id", flat=True)
    made = {"customer": holder.stripe_customer_id, "items": [{"price": price}]}
    return api.subscriptions.create({**made, "default_payment_method": card}).id


def test_a_payment_page_closes_when_a_subscription_came_by_another_way(
    stripe, holder, subscribed_otherwise, deliver_webhooks
):
    deliver_webhooks()

    assert current(holder).stripe_id == subscribed_otherwise
    assert open_sessions(stripe) == []
    assert not CheckoutAttempt.objects.filter(holder=holder, closed_at=None).exists()


@pytest.mark.usefixtures("subscribed_otherwise")
def test_the_hourly_run_closes_the_payment_page_whose_news_was_lost(stripe, holder):
    sync.sync_customer(holder.stripe_customer_id)
    before = open_sessions(stripe)

    call_command("sync_subscriptions", stdout=io.StringIO())

    assert len(before) == 1
    assert open_sessions(stripe) == []


def test_buying_asks_nothing_more_of_the_page_that_was_paid(stripe, buy, holder):
    buy(holder, "pro")

    expired = [call for call in stripe.requests.since(0) if call["path"].endswith("/expire")]
    assert expired == []
