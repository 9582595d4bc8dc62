"""Somebody rolls the key in the dashboard, and the site still has the old one."""

from __future__ import annotations

import pytest

from apps.subscriptions.tests.conftest import current, gate_is_open
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db

NEW = "sk_test_" + 20 * "7" + "1234"
REFUSED = {"type": "invalid_request_error", "message": "Expired API Key provided", "code": "api_key_expired"}


def test_the_page_leads_to_a_new_key(stripe, holder, owner_client, buy, store_webhooks, api, settings):
    subscription = buy(holder, "starter")
    api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 401, "error": REFUSED})
    store_webhooks()

    with walking("api-keys") as page:
        page.run("Look")
        assert gate_is_open(owner_client, holder)

        stripe.faults.clear()
        settings.STRIPE_TEST_SECRET_KEY = NEW
        page.run("Do", 1)
        page.run("Do", 2, CUSTOMER=subscription.stripe_customer_id)

        page.run("Over when", LAST="1234")
        assert current(holder).ends_at is not None
