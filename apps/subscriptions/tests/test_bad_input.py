"""What somebody types, replays or breaks on the way to Checkout."""

from __future__ import annotations

import time

import pytest
import stripe as stripe_client

from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import CheckoutAttempt, Subscription
from apps.subscriptions.tests.conftest import calls, choose, gate_is_open, open_session, signed_in
from apps.subscriptions.tests.factories import make_holder
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("plan", "interval"),
    [
        ("platinum", "month"),
        ("pro", "decade"),
        ("", ""),
        ("free", "month"),
        ("enterprise", "year"),
        ("price_1Foreign", "month"),
        ("pro\x00", "month"),
    ],
)
def test_an_unknown_plan_or_interval_gets_a_sentence_and_no_call_to_stripe(
    stripe, holder, owner_client, plan, interval
):
    before = len(stripe.requests.since(0))

    response = owner_client.post(
        billing_url("checkout", holder), {"plan": plan, "interval": interval}, follow=True
    )

    assert b"There is no such plan" in response.content
    assert len(stripe.requests.since(0)) == before


@pytest.mark.parametrize("quantity", ["1", "-1", "0", "1000000000", "abc"])
def test_price_and_quantity_of_the_form_are_ignored(stripe, holder, owner_client, quantity):
    choose(owner_client, holder, "pro", quantity=quantity, price="price_foreign", unit_amount="1")

    line = calls(stripe, "POST", "/v1/checkout/sessions")[-1]["params"]["line_items"][0]
    pro = stripe.where("price", lookup_key="pro-month")[0]
    assert line["price"] == pro["id"]
    assert int(line["quantity"]) == holder.get_quantity()


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/checkout/sessions"])
def test_with_stripe_away_the_person_reads_a_sentence_and_a_retry_finishes(
    stripe, holder, owner_client, path
):
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "status": 500})

    response = owner_client.post(
        billing_url("checkout", holder), {"plan": "pro", "interval": "month"}, follow=True
    )
    again = choose(owner_client, holder, "pro")

    assert b"does not answer right now. Nothing was charged." in response.content
    assert "/checkout/cs_" in again["Location"]
    assert len(stripe.all("customer")) == 1
    assert len(stripe.all("checkout.session")) == 1


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/checkout/sessions"])
def test_an_answer_lost_on_the_way_makes_no_second_customer_or_session(stripe, holder, owner_client, path):
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "drop_response": True})

    choose(owner_client, holder, "pro")
    again = choose(owner_client, holder, "pro")

    assert "/checkout/cs_" in again["Location"]
    assert len(stripe.all("customer")) == 1
    assert len([s for s in stripe.all("checkout.session") if s["status"] == "open"]) == 1


def test_a_session_whose_answer_was_lost_is_made_unpayable_when_another_plan_is_chosen(
    stripe, holder, owner_client
):
    stripe.faults.add({"match": {"method": "POST", "path": "/v1/checkout/sessions"}, "drop_response": True})
    choose(owner_client, holder, "pro")

    choose(owner_client, holder, "starter")

    assert [s["status"] for s in stripe.all("checkout.session")] == ["expired", "open"]


def test_a_hanging_stripe_costs_the_person_less_than_fifteen_seconds(stripe, holder, owner_client):
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "delay": 20})
    began = time.monotonic()

    response = owner_client.post(
        billing_url("checkout", holder), {"plan": "pro", "interval": "month"}, follow=True
    )

    assert time.monotonic() - began < 15
    assert b"does not answer right now" in response.content


def test_the_portal_before_the_first_purchase_says_so(stripe, holder, owner_client):
    response = owner_client.post(billing_url("portal", holder), follow=True)

    assert b"There is nothing to manage yet" in response.content


def test_a_customer_deleted_at_stripe_is_replaced(stripe, holder, owner_client, deliver_webhooks):
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()
    first = holder.stripe_customer_id
    owner_of_stripe_deletes(stripe, first)
    deliver_webhooks()

    again = choose(owner_client, holder, "pro")

    holder.refresh_from_db()
    assert "/checkout/cs_" in again["Location"]
    assert holder.stripe_customer_id not in ("", first)
    keys = [call["idempotency_key"] for call in calls(stripe, "POST", "/v1/customers")]
    assert keys == [f"customer:{holder.pk}:0", f"customer:{holder.pk}:1"]


def owner_of_stripe_deletes(stripe, customer_id):
    stripe_client.Customer.delete(customer_id, api_key="sk_test_" + 24 * "0")


def test_another_holders_session_opens_nothing(stripe, holder, owner_client):
    other = UserFactory()
    theirs = make_holder(other)
    choose(signed_in(other), theirs, "pro")
    session = open_session(theirs)
    stripe.complete_checkout(session)

    response = owner_client.get(billing_url("confirm", holder), {"session_id": session}, follow=True)

    assert b"We know nothing of that payment" in response.content
    assert not gate_is_open(owner_client, holder)
    assert not Subscription.objects.filter(holder=holder).exists()
    assert CheckoutAttempt.objects.count() == 1
