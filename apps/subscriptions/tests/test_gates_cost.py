"""What a gate costs: nothing, once the holder is read; whatever else there is of members, rows and plans."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.subscriptions import metadata
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.models import Comp
from apps.subscriptions.tests.factories import SubscriptionFactory, make_holder
from apps.subscriptions.tests.test_gates import page
from apps.teams.tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("apps.subscriptions.tests.gated_urls")]

GATES = ["bare", "plans", "feature", "limit", "two", "class-plans", "class-feature", "class-both"]


def queries_of(client, path, status=200):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == status
    return [query["sql"] for query in queries]


def tell_old_stories(holder):
    """Thirty subscriptions that ended, ten plans given away and taken back."""
    SubscriptionFactory.create_batch(30, holder=holder, canceled=True, is_current=False)
    now = holder.billing_details_last_changed
    Comp.objects.bulk_create(Comp(holder=holder, plan_slug="pro", ended_at=now) for _comp in range(10))


@pytest.mark.parametrize("name", ["bare", "feature", "plans", "limit", "two", "class-feature", "class-both"])
def test_a_gated_page_asks_no_more_than_the_same_page_without_a_gate(holder, owner_client, name):
    SubscriptionFactory(holder=holder, plan_slug="pro")

    without = queries_of(owner_client, page("ungated", holder))
    gated = queries_of(owner_client, page(name, holder))

    assert len(gated) == len(without)


def test_a_closed_gate_asks_no_more_either(holder, owner_client):
    without = queries_of(owner_client, page("ungated", holder))

    assert len(queries_of(owner_client, page("bare", holder), status=302)) == len(without)


def test_who_it_is_and_what_they_may_take_two_queries_after_the_session(holder, owner_client):
    """The person, and with a team the membership with team, subscription and comp: one each."""
    SubscriptionFactory(holder=holder)
    Comp.objects.create(holder=holder, plan_slug="enterprise")

    asked = [sql for sql in queries_of(owner_client, page("bare", holder)) if "django_session" not in sql]

    about_billing = [sql for sql in asked if "subscriptions_" in sql]
    assert len(about_billing) == 1
    assert "subscriptions_subscription" in about_billing[0]
    assert "subscriptions_comp" in about_billing[0]
    assert len(asked) == (2 if hasattr(holder, "slug") else 1)


def test_a_gate_costs_the_same_in_a_large_old_team(holder, owner_client, monkeypatch):
    SubscriptionFactory(holder=holder)
    before = queries_of(owner_client, page("bare", holder))

    tell_old_stories(holder)
    if hasattr(holder, "slug"):
        MembershipFactory.create_batch(50, team=holder)
    more_plans = [replace(metadata.STARTER, slug=f"starter-{n}") for n in range(50)]
    monkeypatch.setattr(metadata, "ACTIVE_PRODUCTS", [*more_plans, *metadata.ACTIVE_PRODUCTS])

    assert len(queries_of(owner_client, page("bare", holder))) == len(before)


def test_asking_outside_a_request_is_one_query_and_always_fresh(django_assert_num_queries):
    holder = make_holder()
    tell_old_stories(holder)

    with django_assert_num_queries(1):
        assert not entitlements_for(holder).has_subscription

    SubscriptionFactory(holder=holder)
    Comp.objects.create(holder=holder, plan_slug="enterprise")

    with django_assert_num_queries(1):
        entitlements = entitlements_for(holder)
        assert entitlements.has_subscription
        assert entitlements.plan.slug == "enterprise"
        assert entitlements.subscription.holder.pk == holder.pk


def test_only_the_current_row_and_the_open_comp_count(holder, owner_client):
    SubscriptionFactory(holder=holder, plan_slug="starter", is_current=False)
    Comp.objects.create(holder=holder, plan_slug="starter", ended_at=holder.billing_details_last_changed)
    SubscriptionFactory(holder=holder, plan_slug="pro")
    SubscriptionFactory(holder=holder, plan_slug="starter", is_current=False)

    assert entitlements_for(holder).plan.slug == "pro"
    assert entitlements_for(holder).comp is None
    assert owner_client.get(page("plans", holder)).status_code == 200


def test_whoever_is_deleted_meanwhile_may_do_nothing():
    holder = make_holder()
    type(holder).objects.filter(pk=holder.pk).delete()

    assert not entitlements_for(holder).has_subscription
