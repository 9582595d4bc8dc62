"""Stripe has switched the endpoint off: a renewal and a cancellation are told to nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.subscriptions.tests.conftest import current
from stripe_sandbox.patching import patch
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db


def test_the_page_leads_to_an_endpoint_that_sends(stripe, holder, buy, deliver_webhooks, api):
    subscription = buy(holder, "starter")
    began = datetime.now(UTC) - timedelta(hours=1)
    (endpoint,) = stripe.where("webhook_endpoint")
    patch(stripe, endpoint["id"], {"status": "disabled"})
    api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
    assert deliver_webhooks() == []

    with walking("webhook-endpoint") as page:
        page.run("Look")
        assert current(holder).ends_at is None

        page.run("Do", 1)
        page.run("Do", 2, TIME=began.isoformat(), CUSTOMER=subscription.stripe_customer_id)
        assert current(holder).ends_at is not None
        page.run("Do", 3)

        page.run("Over when")
    api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": False})
    assert {answer.status_code for answer in deliver_webhooks()} == {200}
    assert current(holder).ends_at is None
