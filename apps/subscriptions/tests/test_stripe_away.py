"""Stripe's bad days, seen by the runs that nobody watches."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.subscriptions import gateway, sync
from apps.subscriptions.models import Subscription
from apps.subscriptions.services import customers
from apps.subscriptions.tests.conftest import current
from apps.subscriptions.tests.factories import make_holder
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ten(stripe: Any, api: Any) -> list[Subscription]:
    """Ten holders who pay for nine seats each and have one."""
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0].id
    return [subscribe(api, make_holder(UserFactory()), price, seats=9) for _number in range(10)]


def subscribe(api: Any, holder: Any, price: str, seats: int) -> Subscription:
    customer = customers.ensure_customer(holder)
    card = api.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    items = [{"price": price, "quantity": seats}]
    api.subscriptions.create({"customer": customer, "items": items, "default_payment_method": card})
    sync.sync_customer(customer)
    return current(holder)


def fails(stripe: Any, row: Subscription, times: int | None, **how: Any) -> None:
    match = {"method": "POST", "path": f"/v1/subscription_items/{row.plan_item_id}"}
    stripe.faults.add({"match": match, "times": times, **how})


def seats_at_stripe(stripe: Any, row: Subscription) -> int:
    return stripe.get(row.stripe_id)["items"]["data"][0]["quantity"]


def test_of_ten_holders_the_two_that_cannot_be_told_are_named_and_told_by_the_next_run(
    stripe, ten, monkeypatch
):
    """One is told to wait twice, one is unknown there, one gets no answer."""
    monkeypatch.setattr(gateway, "TASK_CALL_SECONDS", 0.2)
    busy, unknown, hanging = ten[2], ten[4], ten[6]
    fails(stripe, busy, 2, status=429, retry_after=1)
    fails(stripe, unknown, None, status=404, error={"code": "resource_missing"})
    fails(stripe, hanging, None, delay=2)
    errors = StringIO()

    with pytest.raises(CommandError, match="2 failed"):
        call_command("sync_subscriptions", stdout=StringIO(), stderr=errors)

    told = [row for row in ten if seats_at_stripe(stripe, row) == 1]
    assert busy in told
    assert len(told) >= 8
    assert str(unknown.holder_id) in errors.getvalue()
    assert str(hanging.holder_id) in errors.getvalue()

    stripe.faults.clear()
    call_command("sync_subscriptions", stdout=StringIO())
    assert {seats_at_stripe(stripe, row) for row in ten} == {1}


def test_a_wait_longer_than_a_run_may_take_is_left_to_the_next_one(stripe, ten):
    busy = ten[0]
    fails(stripe, busy, None, status=429, retry_after=3600)

    with pytest.raises(CommandError, match="1 failed"):
        call_command("sync_subscriptions", stdout=StringIO(), stderr=StringIO())

    tries = [call for call in stripe.requests.since(0) if call["path"].endswith(busy.plan_item_id)]
    assert len(tries) == 1
    assert sum(seats_at_stripe(stripe, row) == 1 for row in ten) == 9


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"Retry-After": "-1"}, 0.0),
        ({}, None),
        (None, None),
    ],
)
def test_what_retry_after_says_is_never_an_error_of_ours(headers, seconds):
    assert gateway.seconds_to_wait(headers) == seconds
