"""The site has the secret of another endpoint: it refuses what Stripe sends."""

from __future__ import annotations

import re

import pytest

from apps.subscriptions.tests.conftest import current
from tests.runbooks.walk import Page, walking

pytestmark = pytest.mark.django_db


def test_the_page_leads_to_a_new_secret_and_nothing_is_lost(
    stripe, holder, buy, deliver_webhooks, api, settings, tmp_path
):
    settings.ENV_FILE = tmp_path / ".env"
    subscription = buy(holder, "starter")
    settings.DJSTRIPE_WEBHOOK_SECRET = "whsec_of_another_endpoint"
    api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})
    answers = deliver_webhooks()

    with walking("webhook-secret") as page:
        assert {answer.status_code for answer in answers} == {400}
        page.names(f'400 "{answers[0].content.decode()}"')
        page.run("Look")

        printed = page.run("Do", 1)
        settings.DJSTRIPE_WEBHOOK_SECRET = re.search(r"SECRET=(\S+)", printed)[1]
        page.run("Do", 2, CUSTOMER=subscription.stripe_customer_id)
        assert current(holder).ends_at is not None

        api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": False})
        assert {answer.status_code for answer in deliver_webhooks()} == {200}
        assert current(holder).ends_at is None
        page.run("Over when")


def test_without_any_secret_the_address_says_what_the_page_says(
    stripe, holder, buy, api, deliver_webhooks, settings
):
    subscription = buy(holder, "starter")
    settings.DJSTRIPE_WEBHOOK_SECRET = ""
    api.subscriptions.update(subscription.stripe_id, {"cancel_at_period_end": True})

    answer = deliver_webhooks()[0]

    Page.read("webhook-secret").names(f'{answer.status_code} "{answer.content.decode()}"')
