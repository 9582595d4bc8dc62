"""A site that was tried out with test keys goes live, as far as a sandbox that takes no live keys lets it."""

from __future__ import annotations

import re

import pytest

from apps.subscriptions.tests.conftest import choose, gate_is_open
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db


def test_the_page_leads_to_a_site_that_sells(stripe_world, settings):
    settings.SITE_DOMAIN, settings.USE_HTTPS_IN_ABSOLUTE_URLS = "app.example.com", True
    settings.DJSTRIPE_WEBHOOK_SECRET = ""

    with walking("move-to-live") as page:
        page.run("Do", 1)
        page.run("Do", 2)
        printed = page.run("Do", 3)
        settings.DJSTRIPE_WEBHOOK_SECRET = re.search(r"SECRET=(\S+)", printed)[1]
        page.run("Do", 4, MODE="Test", KIND="test")
        page.run("Over when")
        page.leave("reconcile_subscriptions", "the next test")


def test_what_was_bought_in_test_mode_is_taken_out(stripe, holder, owner_client, buy, settings):
    """Live mode by its switch, with a key that the sandbox takes: it finds nothing of the test time."""
    subscription = buy(holder, "starter")
    settings.STRIPE_LIVE_MODE, settings.STRIPE_LIVE_SECRET_KEY = True, settings.STRIPE_TEST_SECRET_KEY
    stripe.reset("empty")
    stripe.hold_deliveries()

    with walking("move-to-live") as page:
        page.run("Do", 5, SUBSCRIPTION=subscription.stripe_id)
        page.run("Do", 6, SUBSCRIPTION=subscription.stripe_id)
        assert not gate_is_open(owner_client, holder)
        page.leave("", "the test above")
    assert choose(owner_client, holder, "starter").status_code == 302
