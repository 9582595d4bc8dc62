"""Somebody pays at Checkout, closes the browser, and the events are lost."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.subscriptions.tests.conftest import choose, current, gate_is_open, open_session
from tests.runbooks.staff import click, holder_page
from tests.runbooks.walk import Page, walking

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(stripe, holder, owner_client):
    choose(owner_client, holder, "starter")
    stripe.complete_checkout(open_session(holder))
    stripe.pending_deliveries()  # lost
    assert not gate_is_open(owner_client, holder)
    return holder


def test_the_page_leads_to_access(paid, owner_client, staff, shown):
    with walking("paid-no-access") as page:
        text = shown(holder_page(paid))
        for words in ("Billing", "Why something is allowed", "Customer at Stripe"):
            page.names(words)
            assert words in text
        comp = {"plan": "pro", "reason": "until we know", "expires_at": ""}
        click(staff, page, paid, "Give a plan away", **comp)
        assert gate_is_open(owner_client, paid)
        paid.comps.update(expires_at=timezone.now())
        assert not gate_is_open(owner_client, paid)

        page.run("Do")
        assert gate_is_open(owner_client, paid)
        page.run("Over when")


def test_or_by_the_button(paid, owner_client, staff):
    click(staff, Page.read("paid-no-access"), paid, "Read back from Stripe")

    assert current(paid).status == "active"
    assert gate_is_open(owner_client, paid)
