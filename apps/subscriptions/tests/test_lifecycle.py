"""What becomes of a subscription: told through pages, signed webhooks and time."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.subscriptions import gateway, sync, tasks
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import Limit
from apps.subscriptions.models import CheckoutAttempt, Subscription
from apps.subscriptions.services import cancellation
from apps.subscriptions.tests.conftest import (
    calls,
    choose,
    current,
    gate_is_open,
    open_session,
    post_signed,
    signed_in,
    value_of,
)
from apps.subscriptions.tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db
DAY = 86400
NO_CARD, RENEWALS_FAIL, IS_DISPUTED = "", "4000000000000341", "4000000000000259"


def tab(client: Any, holder: Any) -> Any:
    return client.get(billing_url("tab", holder))


def invoices_of(stripe: Any, row: Any) -> list[dict[str, Any]]:
    """Oldest first."""
    return stripe.where("invoice", customer=row.stripe_customer_id)


def add_card(api: Any, row: Any, card: str = "pm_card_visa") -> None:
    """As the Portal does: the new card is the customer's default."""
    method = api.payment_methods.attach(card, {"customer": row.stripe_customer_id})
    settings = {"default_payment_method": method.id}
    api.customers.update(row.stripe_customer_id, {"invoice_settings": settings})


def price_at_stripe(api: Any, name: str = "Elsewhere", amount: int = 500) -> str:
    """A price of a product that ACTIVE_PRODUCTS does not know."""
    recurring, product = {"interval": "month"}, {"name": name}
    price = {"currency": "usd", "unit_amount": amount, "recurring": recurring, "product_data": product}
    return api.prices.create(price).id


# Trials without a card ---------------------------------------------------------------------------------


@pytest.fixture
def paused(stripe, holder, owner_client, deliver_webhooks, settings) -> Subscription:
    """A trial that nobody gave a card for is over."""
    settings.TRIAL_REQUIRES_CARD = False
    choose(owner_client, holder, "pro")
    stripe.complete_checkout(open_session(holder), NO_CARD)
    deliver_webhooks()
    assert (current(holder).status, current(holder).payment_method_id) == ("trialing", "")
    stripe.advance(15 * DAY)
    deliver_webhooks()
    return current(holder)


def test_a_trial_without_a_card_pauses_at_its_end(paused, holder, owner_client):
    assert paused.status == "paused"
    assert not gate_is_open(owner_client, holder)
    assert value_of(tab(owner_client, holder), "subscription-status") == "paused"


def test_a_card_given_after_the_pause_lets_the_plan_go_on(
    stripe, paused, holder, owner_client, deliver_webhooks, api
):
    add_card(api, paused)
    deliver_webhooks()
    deliver_webhooks()

    assert current(holder).status == "active"
    assert gate_is_open(owner_client, holder)
    assert [invoice["amount_paid"] for invoice in invoices_of(stripe, paused)] == [0, 20_00]


def test_a_card_that_refuses_is_tried_once_and_the_plan_stays_paused(
    stripe, paused, holder, owner_client, deliver_webhooks, api
):
    add_card(api, paused, "pm_card_chargeCustomerFail")

    for _round in range(4):
        deliver_webhooks()

    assert current(holder).status == "paused"
    assert len(calls(stripe, "POST", f"/v1/subscriptions/{paused.stripe_id}/resume")) == 1
    assert not gate_is_open(owner_client, holder)


def test_with_a_card_on_file_the_person_can_go_on_by_hand(stripe, paused, holder, owner_client, api):
    add_card(api, paused)  # and the webhook got lost

    answer = owner_client.post(billing_url("resume", holder), follow=True)

    assert "Your plan goes on." in answer.content.decode()
    assert current(holder).status == "active"


# Cancelling and changing one's mind --------------------------------------------------------------------


@pytest.mark.parametrize("form", ["flag", "date"])
def test_both_forms_of_a_cancellation_are_shown_and_can_be_taken_back(
    stripe, holder, owner_client, buy, deliver_webhooks, api, form
):
    row = buy(holder, "starter")
    ends = int(row.current_period_end.timestamp())
    wish = {"cancel_at_period_end": True} if form == "flag" else {"cancel_at": ends}
    api.subscriptions.update(row.stripe_id, wish)
    deliver_webhooks()

    page = tab(owner_client, holder)
    assert value_of(page, "ends-on") == row.current_period_end.date().isoformat()
    assert gate_is_open(owner_client, holder)

    owner_client.post(billing_url("resume", holder))
    owner_client.post(billing_url("resume", holder))
    assert current(holder).ends_at is None
    found = stripe.get(row.stripe_id)
    assert (found["cancel_at"], found["cancel_at_period_end"]) == (None, False)


def test_an_end_at_another_day_than_the_periods_is_kept_to_the_second(
    stripe, holder, owner, buy, deliver_webhooks, api, time_machine
):
    row = buy(holder, "starter")
    ends = int((timezone.now() + timedelta(days=45)).timestamp())
    api.subscriptions.update(row.stripe_id, {"cancel_at": ends})
    stripe.advance(40 * DAY)
    deliver_webhooks()

    assert int(current(holder).ends_at.timestamp()) == ends
    time_machine.move_to(ends - 60, tick=False)
    assert gate_is_open(signed_in(owner), holder)
    time_machine.move_to(ends, tick=False)
    assert not gate_is_open(signed_in(owner), holder)


def test_the_reason_for_leaving_reaches_stripe_and_our_row(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    page = owner_client.get(billing_url("cancel", holder)).content.decode()
    assert 'value="too_expensive"' in page

    form = {"feedback": "too_expensive", "comment": "  Your price, \x00 my budget  "}
    owner_client.post(billing_url("cancel", holder), form)

    details = stripe.get(row.stripe_id)["cancellation_details"]
    assert (details["feedback"], details["comment"]) == ("too_expensive", "Your price,  my budget")
    row = current(holder)
    assert (row.cancel_feedback, row.cancel_comment) == ("too_expensive", "Your price,  my budget")


@pytest.mark.parametrize("feedback", ["", "because", "\x00", "too_expensive; drop table"])
def test_a_reason_that_is_none_does_not_keep_anybody(stripe, holder, owner_client, buy, feedback):
    buy(holder, "starter")

    owner_client.post(billing_url("cancel", holder), {"feedback": feedback, "comment": "x" * 5_000})

    row = current(holder)
    assert row.ends_at == row.current_period_end
    assert row.cancel_feedback == ""
    assert len(row.cancel_comment) == cancellation.COMMENT_LENGTH


def test_cancelled_in_its_trial_it_ends_with_the_trial_and_nothing_is_charged(
    stripe, holder, owner_client, buy, deliver_webhooks
):
    row = buy(holder, "pro")
    owner_client.post(billing_url("cancel", holder))
    assert current(holder).ends_at == row.trial_end

    stripe.advance(15 * DAY)
    deliver_webhooks()

    assert Subscription.objects.get(holder=holder).status == "canceled"
    assert sum(invoice["amount_paid"] for invoice in invoices_of(stripe, row)) == 0


def test_cancelling_twice_is_the_same(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    owner_client.post(billing_url("cancel", holder))

    answer = owner_client.post(billing_url("cancel", holder), follow=True)

    assert "Your plan is cancelled already. It ends on" in answer.content.decode()
    assert len(calls(stripe, "POST", f"/v1/subscriptions/{row.stripe_id}")) == 1


def test_after_the_end_there_is_nothing_to_resume_but_plans_to_choose(
    stripe, holder, owner_client, buy, deliver_webhooks
):
    buy(holder, "starter")
    owner_client.post(billing_url("cancel", holder))
    stripe.advance(32 * DAY)
    deliver_webhooks()

    answer = owner_client.post(billing_url("resume", holder), follow=True)

    assert "Choose a plan below." in answer.content.decode()
    assert value_of(answer, "choose-pro-month") == ""


def test_the_plan_over_the_holder_is_on_the_free_plan(stripe, holder, owner_client, buy, deliver_webhooks):
    buy(holder, "pro")
    owner_client.post(billing_url("cancel", holder))
    stripe.advance(15 * DAY)
    deliver_webhooks()

    entitlements = entitlements_for(holder)
    assert (entitlements.plan.slug, entitlements.limit(Limit.PROJECTS)) == ("free", 1)
    assert value_of(tab(owner_client, holder), "plan-name") == "free"


def test_cancelled_at_once_it_is_over_at_once(stripe, holder, owner, owner_client, buy):
    buy(holder, "starter")

    cancellation.cancel_now(holder, by=owner)

    assert current(holder).status == "canceled"
    assert not gate_is_open(owner_client, holder)


def test_cancelling_at_once_is_finished_by_a_retry(stripe, holder, owner, buy):
    row = buy(holder, "starter")
    path = f"/v1/subscriptions/{row.stripe_id}"
    fault = {"match": {"method": "DELETE", "path": path}, "times": 3, "drop_response": True}
    stripe.faults.add(fault)

    with pytest.raises(gateway.errors.StripeUnavailable):
        cancellation.cancel_now(holder, by=owner)
    stripe.faults.clear()
    cancellation.cancel_now(holder, by=owner)

    assert current(holder).status == "canceled"


def test_everything_ends_before_a_holder_may_be_deleted(stripe, holder, owner, buy, api, deliver_webhooks):
    row = buy(holder, "starter")
    second_subscription(api, row)
    deliver_webhooks()

    cancellation.cancel_now(holder, by=owner)

    assert {row.status for row in Subscription.objects.filter(holder=holder)} == {"canceled"}


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


# What happens at Stripe itself -------------------------------------------------------------------------


def test_a_customer_deleted_at_stripe_has_no_plan_any_more(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    row = buy(holder, "starter")

    api.customers.delete(row.stripe_customer_id)
    deliver_webhooks()

    assert Subscription.objects.get(holder=holder).status == "canceled"
    holder.refresh_from_db()
    assert holder.stripe_customer_id == ""
    assert not gate_is_open(owner_client, holder)


def second_subscription(api: Any, row: Subscription, lookup_key: str = "pro-month") -> str:
    """Made at Stripe beside the first one."""
    price = api.prices.list({"lookup_keys": [lookup_key]}).data[0].id
    customer = api.customers.retrieve(row.stripe_customer_id)
    card = customer.invoice_settings.default_payment_method or row.payment_method_id
    items = [{"price": price, "quantity": 1}]
    made = api.subscriptions.create({"customer": customer.id, "items": items, "default_payment_method": card})
    return made.id


def test_a_second_live_subscription_is_kept_apart_and_told_of_once(
    stripe, holder, owner_client, buy, deliver_webhooks, api, caplog
):
    first = buy(holder, "starter")
    stripe.advance(60)
    second = second_subscription(api, first)

    with caplog.at_level(logging.ERROR):
        deliver_webhooks()
        sync.sync_customer(first.stripe_customer_id)

    assert current(holder).stripe_id == first.stripe_id
    assert not Subscription.objects.get(stripe_id=second).is_current
    assert [record.message for record in caplog.records if "more than one live" in record.message] == [
        f"Holder {holder.pk} has more than one live subscription"
    ]


def test_late_events_of_old_subscriptions_change_nothing(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    """Two old ones, one ended and one never paid, and a newer one that runs."""
    old = buy(holder, "starter")
    api.subscriptions.cancel(old.stripe_id)
    held_back = stripe.pending_deliveries()
    sync.sync_customer(old.stripe_customer_id)
    newer = buy(holder, "pro")
    assert newer.stripe_id != old.stripe_id

    answers = [post_signed(signed) for signed in held_back]
    stripe.advance(2 * DAY)
    deliver_webhooks()

    assert {answer.status_code for answer in answers} == {200}
    assert current(holder).stripe_id == newer.stripe_id
    assert gate_is_open(owner_client, holder)


def test_three_subscriptions_the_oldest_that_opens_counts_then_the_next(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    first = buy(holder, "starter")
    stripe.advance(60)
    second = second_subscription(api, first)
    stripe.advance(60)
    third = second_subscription(api, first, "starter-year")
    deliver_webhooks()
    assert current(holder).stripe_id == first.stripe_id

    api.subscriptions.cancel(first.stripe_id)
    deliver_webhooks(reversed)
    assert current(holder).stripe_id == second

    api.subscriptions.cancel(second)
    deliver_webhooks()
    assert current(holder).stripe_id == third
    assert gate_is_open(owner_client, holder)


def test_a_product_we_do_not_know_opens_the_bare_gate_alone(
    stripe, holder, owner_client, buy, deliver_webhooks, api, caplog
):
    row = buy(holder, "starter")
    item = {"id": row.plan_item_id, "price": price_at_stripe(api)}
    api.subscriptions.update(row.stripe_id, {"items": [item]})

    with caplog.at_level(logging.WARNING):
        deliver_webhooks()
        sync.sync_customer(row.stripe_customer_id)

    assert current(holder).plan_slug == ""
    assert gate_is_open(owner_client, holder)
    assert not entitlements_for(holder).on_plan(["starter", "pro"])
    assert sum("does not know" in record.message for record in caplog.records) == 1
    assert tab(owner_client, holder).status_code == 200


def test_a_price_archived_under_a_subscriber_goes_on_being_billed(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    row = buy(holder, "starter")
    api.prices.update(row.price_id, {"active": False})
    deliver_webhooks()

    stripe.advance(32 * DAY)
    deliver_webhooks()

    assert (current(holder).plan_slug, current(holder).status) == ("starter", "active")
    assert "$29.00" in tab(owner_client, holder).content.decode()
    assert [invoice["amount_paid"] for invoice in invoices_of(stripe, row)] == [29_00, 29_00]


def test_an_anchor_at_the_end_of_a_month_keeps_to_it(
    stripe, holder, owner, owner_client, buy, deliver_webhooks, time_machine
):
    time_machine.move_to("2027-01-31T12:00:00Z")
    owner_client.force_login(owner)
    buy(holder, "starter")

    ends = []
    for _month in range(3):
        ends.append(current(holder).current_period_end.date().isoformat())
        stripe.advance(31 * DAY)
        deliver_webhooks()

    assert ends == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_a_subscription_made_at_stripe_for_our_customer_counts(
    stripe, holder, owner_client, deliver_webhooks, api
):
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()
    card = api.payment_methods.attach("pm_card_visa", {"customer": holder.stripe_customer_id}).id
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0].id
    items = [{"price": price, "quantity": 1}]
    made = {"customer": holder.stripe_customer_id, "items": items, "default_payment_method": card}

    api.subscriptions.create(made)
    deliver_webhooks()

    assert (current(holder).plan_slug, current(holder).status) == ("pro", "active")
    assert CheckoutAttempt.objects.filter(holder=holder).exists()
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


# Test mode and live mode -------------------------------------------------------------------------------


def test_a_subscription_of_the_other_mode_opens_nothing_and_ends_with_the_next_run(
    stripe, holder, owner_client
):
    """Left over from before the site went live, or come with a copy of the other site's database."""
    SubscriptionFactory(holder=holder, livemode=True, stripe_customer_id="cus_other_mode")
    type(holder).objects.filter(pk=holder.pk).update(stripe_customer_id="cus_other_mode")
    assert not gate_is_open(owner_client, holder)
    assert entitlements_for(holder).explain().data["because"] == "other_mode"

    tasks.sync_subscriptions()

    assert current(holder).status == "canceled"
    assert "/checkout/cs_" in choose(owner_client, holder, "pro")["Location"]
