"""A payment is given back in the dashboard."""

from __future__ import annotations

import pytest

from apps.subscriptions.holders import holder_label
from apps.subscriptions.tests.conftest import current, gate_is_open
from tests.runbooks.staff import click
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db


def test_the_page_leads_through_a_refund(
    stripe, holder, owner_client, buy, deliver_webhooks, api, staff, told
):
    subscription = buy(holder, "starter")
    (charge,) = stripe.where("charge", customer=subscription.stripe_customer_id)

    with walking("refund") as page:
        api.refunds.create({"charge": charge["id"]})
        deliver_webhooks()
        (mail,) = told("ops@example.com")
        page.names(f'"{mail.replace(holder_label(holder), "HOLDER")}"')
        assert gate_is_open(owner_client, holder)  # a refund alone ends nothing

        click(staff, page, holder, "Cancel at the end of the period")
        assert current(holder).ends_at is not None
        click(staff, page, holder, "Give a plan away", plan="pro", reason="goodwill", expires_at="")
        deliver_webhooks()
        page.run("Over when")
