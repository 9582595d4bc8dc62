"""Somebody makes a second subscription in Stripe's dashboard."""

from __future__ import annotations

import pytest

from apps.subscriptions.tests.conftest import current, gate_is_open
from tests.runbooks.staff import click
from tests.runbooks.walk import walking

pytestmark = pytest.mark.django_db


def test_the_page_leads_to_one_subscription(
    stripe, holder, owner_client, buy, deliver_webhooks, api, staff, caplog
):
    first = buy(holder, "starter")
    stripe.advance(86400)
    customer, item = first.stripe_customer_id, {"price": first.price_id, "quantity": 1}
    card = api.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    second = api.subscriptions.create({"customer": customer, "items": [item], "default_payment_method": card})
    deliver_webhooks()

    with walking("duplicate-subscription") as page:
        assert f"Holder {holder.pk} has more than one live subscription" in caplog.text
        page.run("Look", HOLDER=holder.pk, FIRST=first.stripe_id, SECOND=second.id)
        assert current(holder).stripe_id == first.stripe_id

        click(staff, page, holder, "Cancel now", which=second.id, sure="on")
        page.run("Over when")
    assert stripe.get(first.stripe_id)["status"] == "active"
    assert stripe.get(second.id)["status"] == "canceled"
    assert gate_is_open(owner_client, holder)
