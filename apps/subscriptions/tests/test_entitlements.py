from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.errors import NotEntitled
from apps.subscriptions.metadata import Feature, Limit, UnknownPlan
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
    assert explanation.text == "Audit log export is not part of Free. There is no subscription."
    assert explanation.data == {
        "allowed": False,
        "needs": "feature:audit-log",
        "feature": "audit-log",
        "plan": "free",
        "plan_known": True,
        "status": "none",
        "because": "none",
        "policy": "",
        "until": None,
        "comp": None,
        "opened_by": ["pro", "enterprise"],
    }


NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("row", "because", "policy", "until", "says"),
    [
        ({}, "status", "P1", None, "The subscription is active."),
        ({"trialing": True, "trial_end": NOW + DAY}, "status", "P1", None, "goes on until 2 March 2027."),
        ({"collection_paused": True}, "status", "P2", None, "payments are on hold."),
        ({"ends_at": NOW + DAY}, "ending", "P11", NOW + DAY, "ends on 2 March 2027."),
        ({"ends_at": NOW - DAY}, "ended", "P11", NOW - DAY, "ended on 28 February 2027."),
        ({"past_due": True, "past_due_since": NOW}, "in_grace", "P1", NOW + 21 * DAY, "until 22 March 2027."),
        (
            {"past_due": True, "past_due_since": NOW, "ends_at": NOW + DAY},
            "in_grace",
            "P1",
            NOW + DAY,
            "until 2 March 2027.",
        ),
        (
            {"past_due": True, "past_due_since": NOW - 22 * DAY},
            "grace_over",
            "P1",
            NOW - DAY,
            "access ended on 28 February 2027.",
        ),
        ({"current_period_end": NOW - DAY}, "silent", "P11", NOW + 20 * DAY, "until 21 March 2027."),
        ({"current_period_end": NOW - 22 * DAY}, "silent_too_long", "P11", NOW - DAY, "never confirmed"),
        ({"status": "unpaid"}, "status", "P1", None, "is unpaid."),
        ({"status": "paused"}, "status", "P2", None, "there is no card"),
        ({"status": "incomplete"}, "status", "P1", None, "is not finished."),
        ({"status": "incomplete_expired"}, "status", "P1", None, "was never finished."),
        ({"status": "canceled", "ends_at": NOW - DAY}, "status", "P1", None, "The subscription has ended."),
        ({"status": "tomorrows_word"}, "status", "P1", None, "“tomorrows_word”, which opens nothing."),
        ({"plan_slug": ""}, "status", "P13", None, "gives what Free gives."),
    ],
)
def test_every_situation_says_what_decides(time_machine, row, because, policy, until, says):
    time_machine.move_to(NOW, tick=False)
    subscription = SubscriptionFactory(**row)
    entitlements = entitlements_for(subscription.holder)

    why = entitlements.explain()

    assert why.allowed is subscription.grants_access() is entitlements.has_subscription
    assert (why.data["because"], why.data["policy"]) == (because, policy)
    assert why.data["until"] == (until.isoformat() if until else None)
    assert why.text.endswith(says) or says in why.text
    assert why.text.startswith("A paid plan is open." if why.allowed else "This needs a paid plan.")


@pytest.mark.parametrize("status", ["past_due", "active"])
def test_without_days_of_grace_nothing_ends_by_the_clock(settings, status):
    settings.SUBSCRIPTION_GRACE_DAYS = None
    long_ago = timezone.now() - 400 * DAY
    subscription = SubscriptionFactory(status=status, past_due_since=long_ago, current_period_end=long_ago)

    why = entitlements_for(subscription.holder).explain()

    assert why.allowed
    assert why.data["until"] is None
    assert why.text.endswith("Access goes on meanwhile.")


@pytest.mark.parametrize(
    ("asked", "count", "allowed", "text"),
    [
        (Feature.API_ACCESS, None, True, "API access is part of Starter."),
        (Feature.AUDIT_LOG, None, False, "Audit log export is not part of Starter."),
        (Limit.PROJECTS, None, True, "Projects: 10 at most with Starter."),
        (Limit.PROJECTS, 9, True, "Projects: 9 of the 10 of Starter are taken."),
        (Limit.PROJECTS, 10, False, "Projects: 10 of the 10 of Starter are taken."),
        (Limit.PROJECTS, 12, False, "Projects: 12 of the 10 of Starter are taken."),
        ("starter", None, True, "Starter opens this."),
        (["pro", "enterprise"], None, False, "This needs Pro or Enterprise."),
        ({"pro"}, None, False, "This needs Pro."),
        (None, None, True, "A paid plan is open."),
    ],
)
def test_whatever_is_asked_is_answered_with_a_reason(asked, count, allowed, text):
    entitlements = entitlements_for(SubscriptionFactory(plan_slug="starter").holder)

    why = entitlements.explain(asked, count=count)

    assert why.allowed is allowed is entitlements.meets(asked, count=count)
    assert why.text == f"{text} The subscription is active."
    json.dumps(why.data)


def test_a_limit_without_end_and_one_of_nothing_are_said_so(monkeypatch):
    pro = entitlements_for(SubscriptionFactory(plan_slug="pro").holder)
    free = entitlements_for(make_holder())
    monkeypatch.delitem(free.plan.limits, Limit.PROJECTS)

    assert pro.explain(Limit.PROJECTS, count=10_000).text.startswith("Projects: any number with Pro.")
    assert free.explain(Limit.PROJECTS).text.startswith("Projects: none with Free.")
    assert not free.meets(Limit.PROJECTS)


def test_a_task_stops_with_the_reason():
    entitlements = entitlements_for(make_holder())

    entitlements.require(Limit.PROJECTS, count=0)
    with pytest.raises(NotEntitled) as refusal:
        entitlements.require(Feature.AUDIT_LOG)

    assert refusal.value.text == str(refusal.value) == entitlements.explain(Feature.AUDIT_LOG).text
    assert refusal.value.data["feature"] == "audit-log"


@pytest.mark.parametrize(
    ("asked", "error"), [("por", UnknownPlan), (["pro", "x"], UnknownPlan), ([], ValueError)]
)
def test_a_typo_in_what_is_asked_raises(asked, error):
    with pytest.raises(error):
        entitlements_for(make_holder()).meets(asked)


def test_asking_costs_one_query(django_assert_num_queries):
    holder = SubscriptionFactory().holder

    with django_assert_num_queries(1):
        entitlements = entitlements_for(holder)
        assert entitlements.has_subscription
        assert entitlements.allows(Feature.AUDIT_LOG)
