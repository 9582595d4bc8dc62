"""What becomes of a subscription: told through pages, signed webhooks and time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.subscriptions import sync
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Subscription
from apps.subscriptions.services import cancellation
from apps.subscriptions.tests.conftest import (
    choose,
    current,
    gate_is_open,
    invoices_of,
    open_session,
    signed_in,
    value_of,
)
from apps.subscriptions.tests.lifecycle_story import DAY, add_card, tab

pytestmark = pytest.mark.django_db
RENEWALS_FAIL = "4000000000000341"
IS_DISPUTED = "4000000000000259"


# Payments that fail ------------------------------------------------------------------------------------


@pytest.fixture
def overdue(stripe, holder, buy, deliver_webhooks) -> Subscription:
    """The renewal failed; Stripe leaves it past due when its retries are over."""
    stripe.settings()["after_retries"] = "past_due"
    buy(holder, "starter", card=RENEWALS_FAIL)
    stripe.advance(40 * DAY)
    deliver_webhooks()
    return current(holder)


def test_past_due_keeps_access_for_the_days_of_grace_and_then_loses_it(
    stripe, overdue, holder, owner, owner_client, time_machine
):
    assert overdue.status == "past_due"
    renewal = invoices_of(stripe, overdue)[-1]
    assert int(overdue.past_due_since.timestamp()) == renewal["created"]
    assert value_of(tab(owner_client, holder), "past-due-banner") is not None

    time_machine.move_to(overdue.past_due_since + timedelta(days=20, hours=23))
    assert gate_is_open(signed_in(owner), holder)
    time_machine.move_to(overdue.past_due_since + timedelta(days=21, hours=1))
    assert not gate_is_open(signed_in(owner), holder)


def test_paying_what_is_overdue_mends_it(stripe, overdue, holder, owner_client, deliver_webhooks, api):
    add_card(api, overdue)
    method = stripe.get(overdue.stripe_customer_id)["invoice_settings"]["default_payment_method"]

    api.invoices.pay(invoices_of(stripe, overdue)[-1]["id"], {"payment_method": method})
    deliver_webhooks()

    assert (current(holder).status, current(holder).past_due_since) == ("active", None)


def test_a_past_due_plan_can_be_cancelled(stripe, overdue, holder, owner_client):
    owner_client.post(billing_url("cancel", holder))

    assert current(holder).ends_at == overdue.current_period_end


def test_unpaid_closes_until_the_invoice_is_paid(stripe, holder, owner_client, buy, deliver_webhooks, api):
    stripe.settings()["after_retries"] = "unpaid"
    row = buy(holder, "starter", card=RENEWALS_FAIL)
    stripe.advance(45 * DAY)
    deliver_webhooks()
    assert current(holder).status == "unpaid"
    assert not gate_is_open(owner_client, holder)

    add_card(api, row)
    method = stripe.get(row.stripe_customer_id)["invoice_settings"]["default_payment_method"]
    (unpaid,) = [invoice for invoice in invoices_of(stripe, row) if invoice["status"] == "open"]
    api.invoices.pay(unpaid["id"], {"payment_method": method})
    deliver_webhooks()

    assert current(holder).status == "active"
    assert gate_is_open(owner_client, holder)


def test_after_the_last_retry_the_plan_ends(stripe, holder, owner_client, buy, deliver_webhooks):
    buy(holder, "starter", card=RENEWALS_FAIL)

    stripe.advance(45 * DAY)
    deliver_webhooks()

    assert Subscription.objects.get(holder=holder).status == "canceled"
    assert value_of(tab(owner_client, holder), "choose-pro-month") == ""


@pytest.fixture
def incomplete(stripe, holder, owner_client, deliver_webhooks, api) -> Subscription:
    """A first payment that the bank asks about."""
    choose(owner_client, holder, "starter")
    holder.refresh_from_db()
    customer = holder.stripe_customer_id
    card = api.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer}).id
    price = api.prices.list({"lookup_keys": ["starter-month"]}).data[0].id
    api.subscriptions.create(
        {"customer": customer, "items": [{"price": price}], "default_payment_method": card}
    )
    deliver_webhooks()
    return current(holder)


def test_a_first_payment_waits_for_the_bank_and_is_offered_to_be_finished(
    stripe, incomplete, holder, owner_client, deliver_webhooks, api
):
    assert incomplete.status == "incomplete"
    assert not gate_is_open(owner_client, holder)
    invoice = stripe.get(incomplete.latest_invoice_id)
    assert invoice["hosted_invoice_url"] in tab(owner_client, holder).content.decode()
    again = choose(owner_client, holder, "pro")
    assert again["Location"] == billing_url("tab", holder)

    card = api.payment_methods.attach("pm_card_visa", {"customer": incomplete.stripe_customer_id}).id
    api.invoices.pay(invoice["id"], {"payment_method": card})
    deliver_webhooks()

    assert current(holder).status == "active"
    assert gate_is_open(owner_client, holder)


def test_never_finished_it_expires_and_another_plan_may_be_bought(
    stripe, incomplete, holder, owner_client, deliver_webhooks
):
    stripe.advance(DAY)
    deliver_webhooks()
    assert current(holder).status == "incomplete_expired"

    response = choose(owner_client, holder, "starter")

    assert "/checkout/cs_test_" in response["Location"]
    stripe.complete_checkout(open_session(holder))
    deliver_webhooks()
    assert current(holder).status == "active"


# Collection on hold, refunds, disputes -----------------------------------------------------------------


def test_collection_on_hold_keeps_access_and_goes_on_by_itself(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    row = buy(holder, "starter")
    resumes = int((timezone.now() + timedelta(days=40)).timestamp())
    pause = {"behavior": "void", "resumes_at": resumes}
    api.subscriptions.update(row.stripe_id, {"pause_collection": pause})
    deliver_webhooks()

    row = current(holder)
    assert (row.status, row.collection_paused) == ("active", True)
    assert int(row.collection_resumes_at.timestamp()) == resumes
    assert gate_is_open(owner_client, holder)

    stripe.advance(41 * DAY)
    deliver_webhooks()
    assert not current(holder).collection_paused
    assert [invoice["status"] for invoice in invoices_of(stripe, row)] == ["paid", "void"]


def test_while_collection_is_on_hold_no_plan_is_changed(stripe, holder, owner_client, buy, api):
    row = buy(holder, "starter")
    api.subscriptions.update(row.stripe_id, {"pause_collection": {"behavior": "void"}})

    form = {"plan": "starter", "interval": "year"}
    answer = owner_client.post(billing_url("change", holder), form, follow=True)

    assert "Payments are on hold." in answer.content.decode()
    assert current(holder).interval == "month"


def test_a_refund_alone_takes_nothing_away(stripe, holder, owner_client, buy, deliver_webhooks, api):
    row = buy(holder, "starter")
    (charge,) = api.charges.list({"customer": row.stripe_customer_id}).data

    api.refunds.create({"charge": charge.id})
    answers = deliver_webhooks()

    assert {answer.status_code for answer in answers} == {200}
    assert current(holder).status == "active"
    assert gate_is_open(owner_client, holder)


def test_a_dispute_alone_takes_nothing_away_even_when_it_is_lost(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    buy(holder, "starter", card=IS_DISPUTED)
    (dispute,) = stripe.all("dispute")

    api.disputes.close(dispute["id"])
    answers = deliver_webhooks()

    assert {answer.status_code for answer in answers} == {200}
    assert gate_is_open(owner_client, holder)


# The cost of knowing -----------------------------------------------------------------------------------


def test_an_ordinary_event_costs_two_calls_with_a_schedule_and_a_default_card_too(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    row = buy(holder, "starter", "year")
    add_card(api, row)
    owner_client.post(billing_url("change", holder), {"plan": "starter", "interval": "month"})
    deliver_webhooks()
    before = len(stripe.requests.since(0))

    sync.sync_customer(row.stripe_customer_id)

    made = [call["path"] for call in stripe.requests.since(0)[before:]]
    assert made == ["/v1/subscriptions", "/v1/invoices"]
    assert current(holder).next_interval == "month"


def test_old_subscriptions_are_not_written_again(stripe, holder, owner_client, buy, deliver_webhooks):
    old = buy(holder, "starter")
    cancellation.cancel_now(holder, by=None)
    buy(holder, "starter")
    synced = Subscription.objects.get(stripe_id=old.stripe_id).synced_at

    sync.sync_customer(old.stripe_customer_id)

    assert Subscription.objects.get(stripe_id=old.stripe_id).synced_at == synced
    assert current(holder).synced_at > synced
