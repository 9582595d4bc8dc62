"""A bank takes a payment back."""

from __future__ import annotations

import pytest

from apps.subscriptions.holders import holder_label
from apps.subscriptions.tests.conftest import gate_is_open
from tests.runbooks.staff import click
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db


def test_the_page_leads_through_a_dispute(stripe, holder, owner_client, buy, deliver_webhooks, staff, told):
    buy(holder, "starter", card="4000000000000259")
    deliver_webhooks()

    with walking("dispute") as page:
        stripe.advance(10 * 86400)
        deliver_webhooks()
        for mail in told("ops@example.com"):
            page.names(f'"{mail.replace(holder_label(holder), "HOLDER")}"')
        assert gate_is_open(owner_client, holder)

        click(staff, page, holder, "Cancel now", sure="on")
        deliver_webhooks()
        assert not gate_is_open(owner_client, holder)
        page.run("Over when")
