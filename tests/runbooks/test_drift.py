"""Somebody cancels in the dashboard, and the event is lost."""

from __future__ import annotations

import pytest

from apps.subscriptions.tests.conftest import current
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db


def test_the_page_leads_to_agreement(stripe, holder, buy, api):
    subscription = buy(holder, "starter")
    api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
    stripe.pending_deliveries()  # lost

    with walking("drift") as page:
        page.run("Look", SUBSCRIPTION=subscription.stripe_id)
        page.run("Do", SUBSCRIPTION=subscription.stripe_id)
        assert current(holder).ends_at is not None
        page.run("Over when")
