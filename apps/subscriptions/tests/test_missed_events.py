"""`process_webhooks --since`: what Stripe told nobody here is fetched, once, and worked like the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.subscriptions import tasks
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.tests.conftest import calls, current

pytestmark = pytest.mark.django_db

MONTH = 31 * 86400


def fetch(since: datetime | str) -> str:
    out = StringIO()
    text = since if isinstance(since, str) else since.isoformat()
    call_command("process_webhooks", "--since", text, stdout=out, stderr=out)
    return out.getvalue()


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_news_that_never_came_is_fetched_and_worked_once(stripe, holder, buy, api):
    subscription = buy(holder, "starter")
    stripe.advance(MONTH)
    api.subscriptions.cancel(subscription.stripe_id)
    stripe.pending_deliveries()  # lost

    first, second = fetch(an_hour_ago()), fetch(an_hour_ago())

    assert current(holder).status == "canceled"
    assert f"Processed customer {subscription.stripe_customer_id}" in first
    assert second.startswith("Fetched 0 event(s) that had not arrived since ")
    assert not WebhookEvent.objects.filter(processed_at=None).exists()


@pytest.mark.parametrize(
    ("command", "last"),
    [("process_webhooks", "run this again later"), ("sync_subscriptions", "the next run")],
)
def test_a_command_does_not_wait_for_each_of_many_while_stripe_is_away(stripe, holder, buy, command, last):
    row = buy(holder, "starter")
    for number in range(5):
        id = f"cus_{number}"
        WebhookEvent.objects.create(
            event_id=f"evt_{number}", type="customer.updated", customer_id=id, payload={}
        )
        row.pk, row.stripe_id, row.stripe_customer_id, row.is_current = None, f"sub_{number}", id, False
        row.current_period_end = datetime.now(UTC) - timedelta(days=1)
        row.save()
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 429, "retry_after": 0})
    out = StringIO()

    with pytest.raises(CommandError, match=f"away 3 times in a row.*{last}"):
        call_command(command, stdout=out, stderr=out)

    assert out.getvalue().count("Failed") == 3


def test_what_arrived_before_that_is_not_asked_for(stripe, holder, buy):
    buy(holder, "starter")
    WebhookEvent.objects.all().delete()

    said = fetch(datetime.now(UTC) + timedelta(hours=1))

    assert said.startswith("Fetched 0 event(s)")


def test_more_than_one_page_is_fetched_and_what_is_not_handled_is_left(stripe, holder, buy):
    subscription = buy(holder, "starter")
    customer = stripe.get(subscription.stripe_customer_id)
    with stripe:
        for _number in range(120):
            stripe.emit("customer.updated", customer)
            stripe.emit("customer.source.created", customer)
    stripe.pending_deliveries()
    before = WebhookEvent.objects.count()

    fetch(an_hour_ago())

    assert WebhookEvent.objects.filter(type="customer.updated").count() >= 120
    assert not WebhookEvent.objects.filter(type="customer.source.created").exists()
    assert WebhookEvent.objects.count() >= before + 120
    assert len(calls(stripe, "GET", "/v1/events")) >= 3


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", ""])
def test_what_is_no_time_is_refused_with_an_example(stripe, text):
    with pytest.raises(CommandError, match="is no time: write it like 2026-11-28T02:00Z"):
        fetch(text)


def test_with_stripe_away_it_says_so_and_can_be_run_again(stripe, holder, buy):
    buy(holder, "starter")
    WebhookEvent.objects.all().delete()
    stripe.faults.add({"match": {"path": "/v1/events"}, "times": None, "status": 500})

    with pytest.raises(CommandError, match="run this again to complete"):
        fetch(an_hour_ago())

    stripe.faults.clear()
    assert not fetch(an_hour_ago()).startswith("Fetched 0")


@pytest.mark.parametrize(
    "other", [{"livemode": True}, {"account": "acct_of_a_platform"}], ids=["mode", "account"]
)
def test_events_of_another_mode_or_account_are_left(stripe, holder, buy, other):
    subscription = buy(holder, "starter")
    with stripe:
        event = stripe.emit("customer.updated", stripe.get(subscription.stripe_customer_id))
        stripe.update(event, **other)
    stripe.pending_deliveries()

    fetch(an_hour_ago())

    assert not WebhookEvent.objects.filter(event_id=event["id"]).exists()


def test_the_night_fetches_nothing_from_before_the_first_event_of_the_inbox(stripe, holder, buy):
    subscription = buy(holder, "starter")
    with stripe:
        before = stripe.emit("customer.updated", stripe.get(subscription.stripe_customer_id))
        stripe.update(before, created=before["created"] - 2 * 86400)
    stripe.pending_deliveries()

    tasks.reconcile()

    assert not WebhookEvent.objects.filter(event_id=before["id"]).exists()
