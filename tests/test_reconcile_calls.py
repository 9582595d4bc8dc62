"""The nightly comparison asks by the page, however many holders there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.subscriptions.models import Drift, Subscription
from apps.subscriptions.services.reconcile import reconcile
from bench.reconcile import settle
from bench.shop import Shop, open_shop
from stripe_sandbox.world import World


@pytest.fixture
def shop(stripe_world: World, db: None) -> Iterator[Shop]:
    with open_shop(stripe_world) as shop:
        yield shop


def test_230_holders_are_compared_in_three_pages_each_of_subscriptions_and_customers(shop: Shop) -> None:
    settle(shop.world, shop.subscription, 229)
    since = shop.world.requests.count

    run = reconcile()

    asked = Counter(call["path"] for call in shop.world.requests.since(since))
    assert asked["/v1/subscriptions"] == asked["/v1/customers"] == 3
    assert run.calls == sum(asked.values()) <= 12
    assert (run.holders, run.found, run.error) == (230, 0, "")


def test_whoever_differs_is_read_singly_and_nobody_else(shop: Shop) -> None:
    settle(shop.world, shop.subscription, 229)
    healthy = reconcile().calls
    odd = shop.world.get("sub_crowd150")
    assert odd is not None
    with shop.world:
        shop.world.update(odd, cancel_at=odd["created"] + 40 * 86400)

    run = reconcile()

    assert [drift.subject for drift in Drift.objects.all()] == ["sub_crowd150"]
    assert run.calls == healthy + 2


def test_who_is_past_due_costs_no_call_of_its_own(shop: Shop) -> None:
    """Since when stands in the invoices, which no list of subscriptions has."""
    settle(shop.world, shop.subscription, 229)
    healthy = reconcile().calls
    late = shop.world.get("sub_crowd150")
    assert late is not None
    with shop.world:
        shop.world.update(late, status="past_due")
    since = timezone.now() - timedelta(days=3)
    Subscription.objects.filter(stripe_id="sub_crowd150").update(status="past_due", past_due_since=since)

    run = reconcile()

    assert (run.calls, run.found) == (healthy, 0)
