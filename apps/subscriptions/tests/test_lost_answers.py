"""An answer of Stripe, or news of what was done elsewhere, is lost."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from apps.core.models import AuditEntry
from apps.subscriptions import sync
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import calls, current

pytestmark = pytest.mark.django_db


def lose_the_answer(stripe: Any, row: Any) -> None:
    match = {"method": "POST", "path": f"/v1/subscriptions/{row.stripe_id}"}
    stripe.faults.add({"match": match, "times": 1, "drop_response": True})


def refuse_to_read(stripe: Any, skip: int) -> None:
    """The list of subscriptions answers `skip` times more, then not once."""
    match = {"method": "GET", "path": "/v1/subscriptions"}
    if skip:
        stripe.faults.add({"match": match, "times": skip, "delay": 0})
    stripe.faults.add({"match": match, "times": 1, "status": 500})


def test_a_cancellation_whose_answer_was_lost_is_looked_up(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    lose_the_answer(stripe, row)

    answer = owner_client.post(billing_url("cancel", holder), {"feedback": "unused"}, follow=True)

    assert "Your plan ends with the current period." in answer.content.decode()
    assert current(holder).ends_at == row.current_period_end
    assert AuditEntry.objects.filter(action="subscription.cancel_requested").count() == 1


def test_keeping_the_plan_when_the_answer_was_lost_is_looked_up(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    owner_client.post(billing_url("cancel", holder))
    lose_the_answer(stripe, row)

    answer = owner_client.post(billing_url("resume", holder), follow=True)

    assert "Your plan goes on." in answer.content.decode()
    assert current(holder).ends_at is None
    assert AuditEntry.objects.filter(action="subscription.resumed").count() == 1


def test_who_paid_at_the_portal_is_not_told_that_nothing_was_charged(stripe, holder, owner_client, buy):
    """Stripe falls silent on the way back."""
    buy(holder, "starter")
    refuse_to_read(stripe, skip=0)

    answer = owner_client.get(billing_url("portal_return", holder), follow=True)

    words = answer.content.decode()
    assert "What you changed or paid there counts" in words
    assert "Nothing was charged" not in words


@pytest.mark.parametrize("page", ["cancel", "resume"])
def test_what_was_not_done_is_not_said_to_be_done(stripe, holder, owner_client, buy, page):
    row = buy(holder, "starter")
    if page == "resume":
        owner_client.post(billing_url("cancel", holder))
    before = current(holder).ends_at
    match = {"method": "POST", "path": f"/v1/subscriptions/{row.stripe_id}"}
    stripe.faults.add({"match": match, "times": 1, "status": 500})

    answer = owner_client.post(billing_url(page, holder), follow=True)

    assert "does not answer right now" in answer.content.decode()
    assert current(holder).ends_at == before
    action = {"cancel": "subscription.cancel_requested", "resume": "subscription.resumed"}[page]
    assert not AuditEntry.objects.filter(action=action).exists()


def test_done_but_not_read_back_is_done_and_the_webhook_tells(
    stripe, holder, owner_client, buy, deliver_webhooks
):
    row = buy(holder, "starter")
    refuse_to_read(stripe, skip=1)

    answer = owner_client.post(billing_url("cancel", holder), follow=True)

    assert "Your plan ends with the current period." in answer.content.decode()
    deliver_webhooks()
    assert current(holder).ends_at == row.current_period_end


@pytest.mark.parametrize("page", ["cancel", "resume"])
def test_a_schedule_we_have_not_heard_of_is_in_nobodys_way(stripe, holder, owner_client, buy, api, page):
    """Made in the Portal, its news still under way; Stripe lets nobody cancel what a schedule manages."""
    row = buy(holder, "starter", "year")
    api.subscription_schedules.create({"from_subscription": row.stripe_id})
    assert current(holder).schedule_id == ""

    answer = owner_client.post(billing_url(page, holder), follow=True)

    assert "did not work" not in answer.content.decode().split("<main")[1].split("</main>")[0]
    assert stripe.get(row.stripe_id)["schedule"] is None
    assert (current(holder).ends_at is not None) is (page == "cancel")


def test_cancelled_in_the_portal_meanwhile_it_is_not_cancelled_twice(stripe, holder, owner_client, buy, api):
    row = buy(holder, "starter")
    api.subscriptions.update(row.stripe_id, {"cancel_at_period_end": True})
    told = len(calls(stripe, "POST", f"/v1/subscriptions/{row.stripe_id}"))

    owner_client.post(billing_url("cancel", holder))

    assert current(holder).ends_at == row.current_period_end
    assert len(calls(stripe, "POST", f"/v1/subscriptions/{row.stripe_id}")) == told


@pytest.mark.parametrize(
    ("known", "true"),
    [
        ("past_due", "canceled"),
        ("unpaid", "active"),
        ("incomplete", "incomplete_expired"),
        ("paused", "active"),
    ],
)
def test_who_waits_for_money_is_looked_at_daily_whatever_news_was_lost(
    stripe, holder, buy, time_machine, known, true
):
    row = buy(holder, "starter", "year")
    set_silently(stripe, row, known)
    sync.sync_customer(row.stripe_customer_id)
    set_silently(stripe, row, true)
    seen_at = current(holder).synced_at

    time_machine.move_to(seen_at + timedelta(hours=23))
    call_command("sync_subscriptions", stdout=StringIO())
    assert current(holder).status == known
    time_machine.move_to(seen_at + timedelta(hours=25))
    call_command("sync_subscriptions", stdout=StringIO())

    assert current(holder).status == true


def set_silently(stripe: Any, row: Any, status: str) -> None:
    with stripe:
        stripe.update(stripe.get(row.stripe_id), status=status)
