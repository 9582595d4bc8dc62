"""Cancelling, by whatever form, and changing one's mind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.subscriptions import gateway
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import Limit
from apps.subscriptions.models import Subscription
from apps.subscriptions.services import cancellation
from apps.subscriptions.tests.conftest import (
    calls,
    current,
    gate_is_open,
    invoices_of,
    signed_in,
    value_of,
)
from apps.subscriptions.tests.lifecycle_story import DAY, second_subscription, tab

pytestmark = pytest.mark.django_db


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


def test_what_stripe_changed_is_not_said_to_come_from_the_customer_s_network(holder, owner_client, buy):
    """The click has a network; the change that is read back within the same request is Stripe's."""
    buy(holder, "starter")
    owner_client.post(billing_url("cancel", holder))

    networks = dict(AuditEntry.objects.order_by("at").values_list("action", "ip_prefix"))
    assert networks["subscription.cancel_requested"] == "127.0.0.0/24"
    assert networks["subscription.changed"] == ""


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


def lose_answers(stripe, method, path):
    stripe.faults.add({"match": {"method": method, "path": path}, "times": None, "drop_response": True})


def times_in_log(action):
    return AuditEntry.objects.filter(action=action).count()


def test_cancelling_at_once_is_done_although_the_answer_is_lost(stripe, holder, owner, buy):
    row = buy(holder, "starter")
    lose_answers(stripe, "DELETE", f"/v1/subscriptions/{row.stripe_id}")

    cancellation.cancel_now(holder, by=owner)

    assert current(holder).status == "canceled"
    assert times_in_log("subscription.cancelled_now") == 1


def test_staff_who_cancel_at_once_are_not_told_that_nothing_ends_while_stripe_is_slow(
    stripe, holder, owner, buy
):
    row = buy(holder, "starter")
    stripe.faults.add(
        {"match": {"path": f"/v1/subscriptions/{row.stripe_id}", "method": "DELETE"}, "delay": 9}
    )

    with gateway.time_budget(0.5), pytest.raises(gateway.errors.EndUnclear) as raised:
        cancellation.cancel_now(holder, by=owner)

    assert "may have ended already" in raised.value.customer_text


def test_cancelling_at_once_is_finished_by_a_retry(stripe, holder, owner, buy):
    buy(holder, "starter")
    lose_answers(stripe, "*", "/v1/subscriptions*")

    with pytest.raises(gateway.errors.StripeUnavailable):
        cancellation.cancel_now(holder, by=owner)
    stripe.faults.clear()
    cancellation.cancel_now(holder, by=owner)

    assert current(holder).status == "canceled"
    assert times_in_log("subscription.cancelled_now") == 1


def test_everything_ends_before_a_holder_may_be_deleted(stripe, holder, owner, buy, api, deliver_webhooks):
    row = buy(holder, "starter")
    second_subscription(api, row)
    deliver_webhooks()

    cancellation.cancel_now(holder, by=owner)

    assert {row.status for row in Subscription.objects.filter(holder=holder)} == {"canceled"}
