"""Which quantity is set, by kind of price and state of the subscription."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.subscriptions import sync
from apps.subscriptions.models import Subscription
from apps.subscriptions.tests.conftest import committed, current, seats_at_stripe
from apps.subscriptions.tests.test_lost_answers import set_silently
from apps.subscriptions.tests.test_seats import quantity_calls
from apps.teams.tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]

TIERS = [
    {"up_to": 2, "unit_amount": 2000},
    {"up_to": "inf", "unit_amount": 1500},
]
KINDS: dict[str, dict[str, Any]] = {
    "per unit": {"unit_amount": 1200},
    "package": {"unit_amount": 5000, "transform_quantity": {"divide_by": 5, "round": "up"}},
    "graduated": {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": TIERS},
    "volume": {"billing_scheme": "tiered", "tiers_mode": "volume", "tiers": TIERS},
}


def move_to(api: Any, row: Subscription, price: dict[str, Any]) -> None:
    """As somebody does in Stripe's dashboard."""
    product = api.prices.retrieve(row.price_id).product
    recurring = price.pop("recurring", {"interval": "month"})
    made = api.prices.create({"currency": "usd", "product": product, "recurring": recurring, **price})
    api.subscriptions.update(row.stripe_id, {"items": [{"id": row.plan_item_id, "price": made.id}]})


@pytest.mark.parametrize("kind", KINDS)
def test_people_are_counted_whatever_the_shape_of_the_price(stripe, holder, buy, api, deliver_webhooks, kind):
    move_to(api, buy(holder, "pro"), dict(KINDS[kind]))
    deliver_webhooks()
    before = len(quantity_calls(stripe))

    with committed():
        MembershipFactory.create_batch(2, team=holder)

    assert [call["params"]["quantity"] for call in quantity_calls(stripe)[before:]] == ["3"]
    assert seats_at_stripe(stripe, holder) == current(holder).quantity == 3


@pytest.mark.parametrize("status", ["trialing", "active", "past_due", "unpaid", "paused"])
def test_a_live_subscription_follows_in_every_state(stripe, holder, buy, status):
    row = buy(holder, "pro")
    set_silently(stripe, row, status)
    sync.sync_customer(row.stripe_customer_id)

    with committed():
        MembershipFactory(team=holder)

    assert (current(holder).status, current(holder).quantity) == (status, 2)
    assert seats_at_stripe(stripe, holder) == 2


@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired", "canceled", "of_tomorrow"])
def test_one_that_is_not_live_is_left_alone(stripe, holder, buy, status):
    row = buy(holder, "pro")
    Subscription.objects.filter(pk=row.pk).update(status=status)

    with committed():
        MembershipFactory(team=holder)

    assert quantity_calls(stripe) == []


def test_a_metered_plan_has_no_quantity_to_set(stripe, holder, buy):
    row = buy(holder, "pro")
    Subscription.objects.filter(pk=row.pk).update(quantity=None)

    with committed():
        MembershipFactory(team=holder)

    assert quantity_calls(stripe) == []


def test_a_product_nobody_knows_is_left_alone(stripe, holder, buy):
    row = buy(holder, "pro")
    Subscription.objects.filter(pk=row.pk).update(plan_slug="")

    with committed():
        MembershipFactory(team=holder)

    assert quantity_calls(stripe) == []


def test_who_joins_while_the_plan_ends_is_billed_to_the_end(stripe, holder, buy):
    row = buy(holder, "pro")
    Subscription.objects.filter(pk=row.pk).update(ends_at=timezone.now() + timezone.timedelta(days=9))

    with committed():
        MembershipFactory(team=holder)

    assert seats_at_stripe(stripe, holder) == 2
