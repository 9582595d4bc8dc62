"""A holder whose customer was deleted at Stripe and made anew: the former one's things stay its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.subscriptions import sync
from apps.subscriptions.history import history_of
from apps.subscriptions.models import Subscription
from apps.subscriptions.services.customers import ensure_customer
from apps.subscriptions.tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db


def test_the_former_customers_currency_binds_nobody(stripe, holder):
    SubscriptionFactory(holder=holder, canceled=True, currency="eur", stripe_customer_id="cus_former")

    ensure_customer(holder)

    assert history_of(holder).currency == ""


def test_what_the_former_customer_still_pays_is_not_taken_for_gone(stripe, holder):
    """Stripe does not list it among the subscriptions of the new one."""
    SubscriptionFactory(holder=holder, stripe_id="sub_former", stripe_customer_id="cus_former")

    sync.sync_customer(ensure_customer(holder))

    assert Subscription.objects.get(stripe_id="sub_former").status == "active"


def test_a_plan_that_went_with_its_customer_ended_when_stripe_ended_it(
    stripe, api, holder, buy, time_machine
):
    """Read back hours later: what was bought and what ended stands at Stripe, also of a deleted customer."""
    row = buy(holder)
    api.customers.delete(row.stripe_customer_id)
    ended_at = stripe.find_any(row.stripe_id)["ended_at"]

    time_machine.move_to(datetime.now(UTC) + timedelta(hours=3))
    sync.sync_customer(row.stripe_customer_id)

    row.refresh_from_db()
    assert row.ended_at == datetime.fromtimestamp(ended_at, UTC)
