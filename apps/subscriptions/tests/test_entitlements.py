from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.errors import NotEntitled
from apps.subscriptions.metadata import Feature, Limit
from apps.subscriptions.tests.factories import SubscriptionFactory, make_holder

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "open_"),
    [
        ("trialing", True),
        ("active", True),
        ("past_due", True),
        ("unpaid", False),
        ("paused", False),
        ("canceled", False),
        ("incomplete", False),
        ("incomplete_expired", False),
        ("a_word_of_tomorrow", False),
    ],
)
def test_each_status_opens_or_closes_the_product(status, open_):
    subscription = SubscriptionFactory(status=status)

    assert entitlements_for(subscription.holder).has_subscription is open_


def test_without_a_subscription_the_default_plan_applies():
    entitlements = entitlements_for(make_holder())

    assert entitlements.plan.slug == "free"
    assert not entitlements.has_subscription
    assert not entitlements.allows(Feature.API_ACCESS)
    assert entitlements.limit(Limit.PROJECTS) == 1


def test_a_plan_gives_what_metadata_says():
    entitlements = entitlements_for(SubscriptionFactory(plan_slug="starter").holder)

    assert entitlements.allows(Feature.API_ACCESS)
    assert not entitlements.allows(Feature.AUDIT_LOG)
    assert entitlements.limit(Limit.PROJECTS) == 10
    assert entitlements.seat_limit == 3
    assert entitlements.seats_left == 2


def test_past_due_keeps_access_only_for_the_days_of_grace(settings):
    settings.SUBSCRIPTION_GRACE_DAYS = 21
    fresh = SubscriptionFactory(past_due=True, past_due_since=timezone.now() - timedelta(days=20))
    stale = SubscriptionFactory(past_due=True, past_due_since=timezone.now() - timedelta(days=22))

    assert entitlements_for(fresh.holder).has_subscription
    assert not entitlements_for(stale.holder).has_subscription


def test_without_a_number_of_days_past_due_keeps_access(settings):
    settings.SUBSCRIPTION_GRACE_DAYS = None
    stale = SubscriptionFactory(past_due=True, past_due_since=timezone.now() - timedelta(days=400))

    assert entitlements_for(stale.holder).has_subscription


def test_a_cancelled_plan_ends_at_its_very_instant(time_machine):
    ends_at = timezone.now() + timedelta(days=2)
    holder = SubscriptionFactory(ends_at=ends_at).holder

    time_machine.move_to(ends_at - timedelta(seconds=1), tick=False)
    assert entitlements_for(holder).has_subscription

    time_machine.move_to(ends_at, tick=False)
    assert not entitlements_for(holder).has_subscription


def test_a_period_that_ended_without_news_stays_open_for_the_days_of_grace(settings):
    settings.SUBSCRIPTION_GRACE_DAYS = 21
    now = timezone.now()
    silent = SubscriptionFactory(current_period_end=now - timedelta(hours=1))
    too_long = SubscriptionFactory(current_period_end=now - timedelta(days=22))

    assert silent.news_expected_since == silent.current_period_end
    assert entitlements_for(silent.holder).has_subscription
    assert not entitlements_for(too_long.holder).has_subscription


def test_paused_collection_keeps_access():
    holder = SubscriptionFactory(collection_paused=True).holder

    assert entitlements_for(holder).has_subscription


def test_an_unknown_product_opens_the_bare_gate_with_the_default_plans_entitlements():
    entitlements = entitlements_for(SubscriptionFactory(plan_slug="").holder)

    assert entitlements.has_subscription
    assert entitlements.plan.slug == "free"
    assert not entitlements.on_plan(["pro"])
    assert not entitlements.on_plan(["free"])


def test_a_refusal_is_explained():
    entitlements = entitlements_for(make_holder())

    explanation = entitlements.explain(Feature.AUDIT_LOG)

    assert not explanation.allowed
    assert explanation.text == "Free does not include audit-log."
    assert explanation.data == {"plan": "free", "feature": "audit-log", "status": "none"}
    with pytest.raises(NotEntitled):
        entitlements.require(Feature.AUDIT_LOG)


def test_asking_costs_one_query(django_assert_num_queries):
    holder = SubscriptionFactory().holder

    with django_assert_num_queries(1):
        entitlements = entitlements_for(holder)
        assert entitlements.has_subscription
        assert entitlements.allows(Feature.AUDIT_LOG)
