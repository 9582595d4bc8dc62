"""Two who change the plan at once: one charge, one plan, whoever was first."""

from __future__ import annotations

import pytest

from apps.core.tests.races import at_once
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import current, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("interval", "invoices"), [("year", 2), ("month", 1)], ids=["upgrade", "downgrade"])
def test_the_same_change_twice_at_once_is_made_once(stripe, holder, owner, buy, interval, invoices):
    row = buy(holder, "starter", "month" if interval == "year" else "year")
    url, wish = billing_url("change", holder), {"plan": "starter", "interval": interval}
    first, second = signed_in(owner), signed_in(owner)

    answers = at_once(lambda: first.post(url, wish), lambda: second.post(url, wish))

    assert {answer.status_code for answer in answers} == {302}
    assert len(stripe.where("invoice", customer=row.stripe_customer_id)) == invoices
    assert len(stripe.all("subscription_schedule")) == (0 if interval == "year" else 1)
    row = current(holder)
    assert interval in (row.interval, row.next_interval)
