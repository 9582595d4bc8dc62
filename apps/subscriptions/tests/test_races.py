"""Two at once, for real: threads, committed transactions, the sandbox over HTTP."""

from __future__ import annotations

import time
from typing import Any

import pytest
import stripe as stripe_client
from django.test import Client

from apps.core.models import AuditEntry
from apps.core.tests.races import at_once
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import CheckoutAttempt, Subscription, WebhookEvent
from apps.subscriptions.services import customers
from apps.subscriptions.tests.conftest import current, open_session

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_double_click_makes_one_customer_and_one_session(stripe, holder, owner):
    def click() -> str:
        client = Client()
        client.force_login(owner)
        return client.post(billing_url("checkout", holder), {"plan": "pro", "interval": "month"})["Location"]

    first, second = at_once(click, click)

    assert first == second
    assert "/checkout/cs_" in first
    assert len(stripe.all("customer")) == 1
    assert len(stripe.all("checkout.session")) == 1


def test_two_who_need_the_customer_at_once_get_the_same(stripe, holder):
    first, second = at_once(*[lambda: customers.ensure_customer(type(holder).objects.get(pk=holder.pk))] * 2)

    assert first == second
    assert len(stripe.all("customer")) == 1


def test_one_event_from_five_senders_at_once_does_its_work_once(
    stripe, holder, owner_client, deliver_webhooks
):
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    stripe.complete_checkout(open_session(holder))
    bought = [
        signed
        for signed in stripe.pending_deliveries()
        if signed.event["type"] == "checkout.session.completed"
    ]
    (signed,) = bought

    def send() -> int:
        headers = {"Stripe-Signature": signed.headers["Stripe-Signature"]}
        client = Client(raise_request_exception=False)
        answer = client.post(
            "/stripe/webhook/", signed.body, content_type="application/json", headers=headers
        )
        return answer.status_code

    answers = at_once(*[send] * 5)

    assert set(answers) == {200}
    assert WebhookEvent.objects.get(event_id=signed.event["id"]).processed_at is not None
    assert Subscription.objects.filter(holder=holder).count() == 1
    assert AuditEntry.objects.filter(action="subscription.changed").count() == 1


def test_all_of_a_purchases_events_in_parallel_come_out_as_one(stripe, holder, owner_client):
    owner_client.post(billing_url("checkout", holder), {"plan": "starter", "interval": "month"})
    stripe.complete_checkout(open_session(holder))
    waiting = stripe.pending_deliveries()

    def send(signed: Any) -> int:
        headers = {"Stripe-Signature": signed.headers["Stripe-Signature"]}
        return (
            Client()
            .post("/stripe/webhook/", signed.body, content_type="application/json", headers=headers)
            .status_code
        )

    answers = at_once(*[lambda signed=signed: send(signed) for signed in waiting])

    assert set(answers) == {200}
    assert not WebhookEvent.objects.filter(processed_at__isnull=True).exists()
    assert current(holder).status == "active"


def test_an_older_read_never_overwrites_a_newer_one(stripe, holder, buy):
    """One reads the subscription and is held up; another cancels it and syncs; then the first goes on."""
    subscription = buy(holder, "starter")
    seen = stripe.requests.count
    stripe.faults.add({"match": {"method": "GET", "path": "/v1/invoices"}, "times": 1, "delay": 1.5})

    def read_slowly() -> None:
        sync.sync_customer(subscription.stripe_customer_id)

    def overtake() -> None:
        while not any(call["path"] == "/v1/subscriptions" for call in stripe.requests.since(seen)):
            time.sleep(0.02)
        stripe_api.subscriptions.cancel_at_period_end(subscription.stripe_id)
        time.sleep(0.2)  # the slow one has taken its delay
        sync.sync_customer(subscription.stripe_customer_id)

    at_once(read_slowly, overtake)

    assert current(holder).ends_at is not None


def test_two_who_choose_different_plans_at_once_leave_one_payable_session(stripe, holder, owner):
    def click(plan: str) -> str:
        client = Client()
        client.force_login(owner)
        return client.post(billing_url("checkout", holder), {"plan": plan, "interval": "month"})["Location"]

    at_once(lambda: click("pro"), lambda: click("starter"), lambda: click("pro"))

    assert len(stripe.all("customer")) == 1
    assert [s["status"] for s in stripe.all("checkout.session")].count("open") <= 1
    assert CheckoutAttempt.objects.filter(holder=holder, closed_at__isnull=True).count() <= 1


def test_a_customer_deleted_while_two_buy_is_replaced_once(stripe, holder, owner):
    first = customers.ensure_customer(holder)
    stripe_client.Customer.delete(first, api_key="sk_test_" + 24 * "0")

    def click() -> str:
        client = Client()
        client.force_login(owner)
        return client.post(billing_url("checkout", holder), {"plan": "pro", "interval": "month"})["Location"]

    answers = at_once(click, click)

    living = [customer for customer in stripe.all("customer") if not customer.get("_deleted")]
    assert len(living) == 1
    assert all("/checkout/cs_" in answer for answer in answers)
    assert [s["status"] for s in stripe.all("checkout.session")].count("open") == 1
