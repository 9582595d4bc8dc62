"""The road: choose, pay, be let in, manage, end."""

from __future__ import annotations

import pytest

from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import CheckoutAttempt, Subscription
from apps.subscriptions.tests.conftest import (
    GATED_URLS,
    calls,
    choose,
    current,
    gate_is_open,
    gated_page,
    open_session,
    value_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls(GATED_URLS)]


def test_a_team_buys_a_plan_and_the_gated_page_opens(stripe, holder, owner_client, deliver_webhooks):
    assert not gate_is_open(owner_client, holder)

    response = choose(owner_client, holder, "pro", "month")
    assert "/checkout/cs_test_" in response["Location"]
    stripe.complete_checkout(open_session(holder))
    answers = deliver_webhooks()

    assert {answer.status_code for answer in answers} == {200}
    subscription = current(holder)
    assert (subscription.plan_slug, subscription.interval, subscription.quantity) == ("pro", "month", 1)
    assert subscription.status == "trialing"
    assert gate_is_open(owner_client, holder)
    tab = owner_client.get(billing_url("tab", holder))
    assert value_of(tab, "subscription-status") == "trialing"
    assert value_of(tab, "plan-name") == "pro"
    assert value_of(tab, "seat-count") == "1"


def test_a_flat_plan_is_active_at_once(holder, owner_client, buy):
    subscription = buy(holder, "starter", "year")

    assert (subscription.status, subscription.quantity) == ("active", 1)
    tab = owner_client.get(billing_url("tab", holder))
    assert value_of(tab, "renewal-date") == subscription.current_period_end.date().isoformat()
    assert "$290.00" in tab.content.decode()
    assert "Visa ending in 4242" in tab.content.decode()


def test_coming_back_before_the_webhook_the_plan_is_there(stripe, holder, owner_client, deliver_webhooks):
    choose(owner_client, holder, "pro")
    session = open_session(holder)
    stripe.complete_checkout(session)

    response = owner_client.get(billing_url("confirm", holder), {"session_id": session})

    assert response["Location"] == billing_url("tab", holder)
    assert gate_is_open(owner_client, holder)
    deliver_webhooks()
    assert Subscription.objects.filter(holder=holder).count() == 1


def test_coming_back_without_having_paid_it_leads_on_to_the_payment(stripe, holder, owner_client):
    payment_page = choose(owner_client, holder, "pro")["Location"]

    response = owner_client.get(billing_url("confirm", holder), {"session_id": open_session(holder)})

    assert b"Your payment is not finished" in response.content
    assert payment_page in response.content.decode()
    assert not gate_is_open(owner_client, holder)


@pytest.mark.parametrize("session_id", ["", "cs_test_madeup", "' OR 1=1"])
def test_a_made_up_session_opens_nothing(stripe, holder, owner_client, session_id):
    response = owner_client.get(billing_url("confirm", holder), {"session_id": session_id})

    assert response["Location"] == billing_url("tab", holder)
    assert not gate_is_open(owner_client, holder)


def test_choosing_twice_leads_to_the_same_session(stripe, holder, owner_client):
    first = choose(owner_client, holder, "pro", "month")
    second = choose(owner_client, holder, "pro", "month")

    assert first["Location"] == second["Location"]
    assert len(calls(stripe, "POST", "/v1/customers")) == 1


def test_choosing_another_plan_makes_the_first_session_unpayable(stripe, holder, owner_client):
    choose(owner_client, holder, "pro", "month")
    first = open_session(holder)

    choose(owner_client, holder, "starter", "month")

    assert stripe.get(first)["status"] == "expired"
    assert CheckoutAttempt.objects.filter(holder=holder, closed_at__isnull=True).count() == 1


def test_who_is_subscribed_is_sent_to_the_portal_instead_of_a_second_checkout(holder, owner_client, buy):
    buy(holder, "pro")

    response = choose(owner_client, holder, "starter")

    assert "/portal/bps_" in response["Location"]


def test_a_status_of_tomorrow_opens_nothing_and_sells_no_second_plan(stripe, holder, owner_client, buy):
    row = buy(holder, "pro")
    with stripe:
        stripe.update(stripe.get(row.stripe_id), status="word_of_tomorrow", _by_hand=True)

    response = choose(owner_client, holder, "starter")

    assert "/portal/bps_" in response["Location"]
    assert not gate_is_open(owner_client, holder)
    assert value_of(owner_client.get(billing_url("tab", holder)), "subscription-status") == "word_of_tomorrow"


def test_cancelled_in_the_portal_it_ends_with_the_period_and_can_be_resumed(
    stripe, holder, owner_client, buy, deliver_webhooks
):
    subscription = buy(holder, "starter")
    with stripe:
        stripe.update(stripe.get(subscription.stripe_id), cancel_at_period_end=False)

    owner_client.post(billing_url("cancel", holder))

    tab = owner_client.get(billing_url("tab", holder))
    assert value_of(tab, "ends-on") == current(holder).ends_at.date().isoformat()
    assert gate_is_open(owner_client, holder)
    owner_client.post(billing_url("resume", holder))
    assert current(holder).ends_at is None


def test_the_period_of_a_cancelled_plan_over_the_gate_closes(
    stripe, holder, owner_client, buy, deliver_webhooks, time_machine
):
    buy(holder, "starter")
    owner_client.post(billing_url("cancel", holder))

    stripe.advance(32 * 86400)
    deliver_webhooks()

    assert Subscription.objects.get(holder=holder).status == "canceled"
    assert not gate_is_open(owner_client, holder)


def test_a_trial_becomes_a_paid_month(stripe, holder, owner_client, buy, deliver_webhooks):
    buy(holder, "pro")

    stripe.advance(15 * 86400)
    deliver_webhooks()

    assert current(holder).status == "active"
    tab = owner_client.get(billing_url("tab", holder))
    assert "$20.00" in tab.content.decode()


def test_the_second_time_there_is_no_trial(stripe, holder, owner_client, buy, deliver_webhooks):
    buy(holder, "pro")
    owner_client.post(billing_url("cancel", holder))
    stripe.advance(15 * 86400)
    deliver_webhooks()

    page = owner_client.get(billing_url("tab", holder)).content.decode()
    choose(owner_client, holder, "pro")

    assert "14-day trial" not in page
    session = calls(stripe, "POST", "/v1/checkout/sessions")[-1]
    assert "trial_period_days" not in session["params"]["subscription_data"]


def test_the_chosen_plan_leads_back_to_the_page_that_was_closed(stripe, holder, owner_client):
    gated = gated_page(holder)
    closed = owner_client.get(gated)
    assert closed["Location"].startswith(billing_url("tab", holder) + "?next=")

    choose(owner_client, holder, "pro", next=gated)
    session = open_session(holder)
    stripe.complete_checkout(session)
    back = owner_client.get(billing_url("confirm", holder), {"session_id": session})

    assert back["Location"] == gated
