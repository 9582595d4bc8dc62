"""Stripe answers nobody for a while; meanwhile a plan is cancelled and somebody else's card is renewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import choose, current, gate_is_open
from tests.runbooks.walk import Page, walking

pytestmark = pytest.mark.django_db

GONE = {"match": {"path": "/v1/*"}, "times": None, "status": 500}
BUYERS_READ = "Our payment provider does not answer right now. Nothing was charged. Try again in a minute."


def test_the_page_leads_through_an_outage(stripe, holder, owner_client, buy, store_webhooks, api):
    subscription = buy(holder, "starter")
    began = datetime.now(UTC) - timedelta(hours=1)

    with walking("stripe-outage") as page:
        stripe.faults.add(GONE)
        page.run("Look")
        assert gate_is_open(owner_client, holder)

        stripe.faults.clear()
        api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
        stripe.faults.add(GONE)
        store_webhooks()
        stripe.faults.clear()
        page.run("Do", 1, CUSTOMER=subscription.stripe_customer_id)
        page.run("Do", 2)
        assert current(holder).ends_at is not None

        api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": False})
        stripe.pending_deliveries()  # Stripe's sending was down, too
        page.run("Do", 3, TIME=began.isoformat())
        assert current(holder).ends_at is None
        page.run("Over when")


def test_a_buyer_reads_what_the_page_says(stripe, holder, owner_client):
    stripe.faults.add(GONE)

    choose(owner_client, holder, "starter")

    Page.read("stripe-outage").names(BUYERS_READ)
    assert BUYERS_READ in owner_client.get(billing_url("tab", holder)).content.decode()
