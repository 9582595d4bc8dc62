"""A subscription is otherwise at Stripe, and no event tells of it."""

from __future__ import annotations

import pytest

from apps.subscriptions.tests.conftest import current
from stripe_sandbox.patching import patch
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db


def test_the_page_leads_to_agreement(stripe, holder, buy):
    subscription = buy(holder, "starter")
    patch(stripe, subscription.stripe_id, {"status": "unpaid"})

    with walking("drift") as page:
        page.run("Look", SUBSCRIPTION=subscription.stripe_id)
        page.run("Do", SUBSCRIPTION=subscription.stripe_id)
        assert current(holder).status == "unpaid"
        page.run("Over when")
