"""News comes late, twice, backwards, in the same second, or is cut off: what Stripe has now counts."""

from __future__ import annotations

import json
import time
from itertools import permutations
from typing import Any

import pytest
from celery import current_app
from django.conf import settings as django_settings
from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event
from djstripe.signals import WEBHOOK_SIGNALS

from apps.core.models import AuditEntry
from apps.subscriptions import inbox, tasks
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Notice, Subscription, WebhookEvent
from apps.subscriptions.tests.conftest import (
    GATED_URLS,
    choose,
    committed,
    current,
    gate_is_open,
    gated_page,
    open_session,
    value_of,
)
from apps.subscriptions.tests.events import event, post

pytestmark = [pytest.mark.django_db, pytest.mark.urls(GATED_URLS)]
DAY = 86400


def news(row: Subscription, type_: str, number: int, status: str, created: int) -> dict[str, Any]:
    """An event whose body says that the subscription is in this status."""
    told = {"id": row.stripe_id, "object": "subscription", "customer": row.stripe_customer_id}
    return event(type_, id=f"evt_{number}", created=created, data={"object": {**told, "status": status}})


SUBSCRIPTION_EVENTS = [name for name in inbox.HANDLED_EVENTS if name.startswith("customer.subscription.")]


@pytest.mark.parametrize("type_", [*SUBSCRIPTION_EVENTS, "invoice.paid", "checkout.session.completed"])
def test_whatever_late_news_says_a_cancelled_plan_stays_cancelled(
    stripe, secret, holder, owner_client, buy, api, type_
):
    row, now = buy(holder, "starter"), int(time.time())
    api.subscriptions.cancel(row.stripe_id)

    answers = [
        post(news(row, "customer.subscription.deleted", 1, "canceled", now), secret).status_code,
        post(news(row, type_, 2, "active", now - 10), secret).status_code,
    ]

    assert answers == [200, 200]
    assert current(holder).status == "canceled"
    closed = owner_client.get(gated_page(holder))
    assert closed["Location"].startswith(billing_url("tab", holder))


@pytest.mark.parametrize("truth", ["active", "canceled"])
@pytest.mark.parametrize("order", list(permutations(["updated", "deleted"])), ids="-".join)
def test_of_two_events_of_the_same_second_neither_is_believed(
    stripe, secret, holder, owner_client, buy, api, order, truth
):
    row, now = buy(holder, "starter"), int(time.time())
    if truth == "canceled":
        api.subscriptions.cancel(row.stripe_id)
    said = {"updated": "active", "deleted": "canceled"}

    for number, verb in enumerate(order):
        post(news(row, f"customer.subscription.{verb}", number, said[verb], now), secret)

    assert current(holder).status == truth
    assert gate_is_open(owner_client, holder) is (truth == "active")


def run_every_periodic_task() -> None:
    for entry in django_settings.CELERY_BEAT_SCHEDULE.values():
        with committed():
            current_app.tasks[entry["task"]].apply(throw=True)


def test_old_subscriptions_never_win_over_the_newer_one_whatever_runs(
    stripe, secret, holder, owner_client, buy, api, deliver_webhooks, mailoutbox
):
    """One ended, one was never paid, one runs. The nightly jobs and late news look at all of them."""
    ended = buy(holder, "starter")
    api.subscriptions.cancel(ended.stripe_id)
    deliver_webhooks()
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0].id
    never_paid = api.subscriptions.create(
        {
            "customer": holder.stripe_customer_id,
            "items": [{"price": price}],
            "payment_behavior": "default_incomplete",
        }
    )
    stripe.advance(2 * DAY)
    deliver_webhooks()
    assert Subscription.objects.get(stripe_id=never_paid.id).status == "incomplete_expired"
    running = buy(holder, "pro")
    mailoutbox.clear()
    written = Notice.objects.count()

    run_every_periodic_task()
    post(news(ended, "customer.subscription.updated", 1, "active", int(time.time())), secret)
    post(news(ended, "customer.subscription.deleted", 2, "canceled", int(time.time())), secret)
    run_every_periodic_task()

    assert current(holder).stripe_id == running.stripe_id
    assert gate_is_open(owner_client, holder)
    assert (mailoutbox, Notice.objects.count()) == ([], written)


class Killed(BaseException):
    """What no handler of errors catches: the process is gone."""


def test_a_process_killed_between_mark_and_work_costs_nothing(stripe, holder, owner_client):
    """The event is stored and counted as tried; its transaction never committed; nobody delivers it again."""
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    stripe.complete_checkout(open_session(holder))
    deaths: list[str] = []

    @djstripe_receiver("customer.subscription.created")
    def receiver(sender: Any, event: Any, **kwargs: Any) -> None:
        if not deaths:
            deaths.append(event.id)
            raise Killed

    try:
        for signed in stripe.pending_deliveries():
            inbox.store(json.loads(signed.body))
        with pytest.raises(Killed):
            inbox.work_customer(holder_customer(holder))
        assert not Subscription.objects.exists()
        assert set(WebhookEvent.objects.exclude(customer_id="").values_list("attempts", flat=True)) == {1}
        WebhookEvent.objects.update(next_attempt_at="2020-01-01T00:00Z")  # the two minutes are over

        with committed():
            tasks.sweep_inbox()
    finally:
        WEBHOOK_SIGNALS["customer.subscription.created"].disconnect(receiver, sender=Event)

    assert gate_is_open(owner_client, holder)
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
    assert AuditEntry.objects.filter(action="subscription.changed").count() == 1


def holder_customer(holder: Any) -> str:
    holder.refresh_from_db()
    return holder.stripe_customer_id


def test_while_stripe_is_away_operators_see_what_waits_and_why_and_access_opens_by_itself(
    stripe, holder, owner_client, admin_client
):
    """With a broker: the webhook answers, the work fails, and the sweeper comes back to it."""
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    stripe.complete_checkout(open_session(holder))
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 503})
    for signed in stripe.pending_deliveries():
        inbox.store(json.loads(signed.body))
    errors = [error for _what, error in inbox.work_all() if error]
    assert errors
    assert not gate_is_open(owner_client, holder)
    waiting = WebhookEvent.objects.get(type="checkout.session.completed")
    listed = admin_client.get("/admin/subscriptions/webhookevent/").content.decode()
    page = admin_client.get(f"/admin/subscriptions/webhookevent/{waiting.pk}/change/").content.decode()
    assert waiting.event_id in listed
    assert "StripeUnavailable" in page

    stripe.faults.clear()
    WebhookEvent.objects.update(next_attempt_at="2020-01-01T00:00Z")
    with committed():
        tasks.sweep_inbox()

    assert gate_is_open(owner_client, holder)
    assert value_of(owner_client.get(billing_url("tab", holder)), "plan-name") == "starter"


def test_a_purchase_told_twice_is_one_row_one_audit_entry_and_no_second_mail(
    stripe, holder, owner_client, deliver_webhooks, mailoutbox
):
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    stripe.complete_checkout(open_session(holder))
    deliveries = stripe.pending_deliveries()
    before = len(mailoutbox)

    answers = deliver_webhooks(order=lambda _none: [*deliveries, *deliveries, *reversed(deliveries)])

    assert {answer.status_code for answer in answers} == {200}
    assert Subscription.objects.filter(holder=holder).count() == 1
    assert AuditEntry.objects.filter(action="subscription.changed").count() == 1
    assert len(mailoutbox) == before
    assert not Notice.objects.exists()
