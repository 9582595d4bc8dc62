"""A plan given away: what it opens, and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.models import AuditEntry
from apps.core.tests.races import at_once
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.errors import BillingError, PlanTooSmall
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import ENTERPRISE, FREE, PRO, STARTER, Feature, Limit
from apps.subscriptions.models import Comp
from apps.subscriptions.services.comps import end_comp, give_comp
from apps.subscriptions.tests.conftest import choose, gate_is_open, value_of
from apps.subscriptions.tests.factories import SubscriptionFactory, make_holder
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return UserFactory(email="staff@example.com", is_staff=True)


def in_days(days):
    return timezone.now() + timedelta(days=days)


def actions(holder):
    return list(
        AuditEntry.objects.filter(holder_id=holder.pk).order_by("pk").values_list("action", flat=True)
    )


def test_a_given_plan_opens_the_gate_and_gives_what_the_plan_gives(holder, owner_client, staff):
    assert not gate_is_open(owner_client, holder)

    give_comp(holder, PRO, reason="Speaks at our conference", expires_at=in_days(30), by=staff)

    entitlements = entitlements_for(holder)
    assert gate_is_open(owner_client, holder)
    assert entitlements.has_subscription
    assert entitlements.on_plan(["pro"])
    assert not entitlements.on_plan(["starter"])
    assert entitlements.allows(Feature.AUDIT_LOG)
    assert entitlements.limit(Limit.PROJECTS) is None


def test_a_given_plan_ends_at_its_instant_without_anybody_doing_anything(holder, staff, time_machine):
    until = in_days(3)
    give_comp(holder, PRO, reason="Trial by phone", expires_at=until, by=staff)

    time_machine.move_to(until - timedelta(seconds=1), tick=False)
    assert entitlements_for(holder).has_subscription

    time_machine.move_to(until, tick=False)
    assert not entitlements_for(holder).has_subscription
    assert entitlements_for(holder).comp is None


def test_a_given_plan_wins_over_the_paid_one_while_it_lasts(holder, staff):
    SubscriptionFactory(holder=holder, plan_slug="starter")
    give_comp(holder, ENTERPRISE, reason="Pilot", expires_at=None, by=staff)
    assert entitlements_for(holder).plan == ENTERPRISE
    assert entitlements_for(holder).on_plan(["enterprise"])

    end_comp(holder, by=staff)

    assert entitlements_for(holder).plan == STARTER
    assert entitlements_for(holder).on_plan(["starter"])


def test_a_given_plan_helps_where_the_paid_one_is_closed(holder, staff):
    SubscriptionFactory(holder=holder, status="unpaid")

    give_comp(holder, PRO, reason="Bank strike", expires_at=in_days(7), by=staff)

    assert entitlements_for(holder).has_subscription


def test_a_given_plan_whose_product_is_gone_is_as_if_not_given(holder):
    SubscriptionFactory(holder=holder, plan_slug="starter")
    Comp.objects.create(holder=holder, plan_slug="gold-2019", reason="Long ago")

    entitlements = entitlements_for(holder)

    assert entitlements.comp is None
    assert entitlements.plan == STARTER
    assert entitlements.has_subscription


def test_the_given_plans_seats_count(holder, staff):
    assert entitlements_for(holder).seat_limit is None

    give_comp(holder, STARTER, reason="School", expires_at=None, by=staff)

    assert entitlements_for(holder).seat_limit == 3
    assert entitlements_for(holder).seats_left == 2


@pytest.mark.team_holder
def test_a_plan_too_small_for_the_team_is_not_given(staff):
    team = make_holder(members=4)

    with pytest.raises(PlanTooSmall):
        give_comp(team, STARTER, reason="School", expires_at=None, by=staff)

    assert not team.comps.exists()


def test_who_was_given_a_plan_can_still_buy(stripe, holder, owner_client, staff):
    give_comp(holder, PRO, reason="Beta", expires_at=in_days(30), by=staff)

    page = owner_client.get(billing_url("tab", holder))
    answer = choose(owner_client, holder, "pro")

    assert value_of(page, "choose-pro-month") == ""
    assert "/checkout/cs_" in answer["Location"]


def test_giving_again_replaces_what_was_given(holder, staff):
    first = give_comp(holder, STARTER, reason="Beta", expires_at=None, by=staff)

    second = give_comp(holder, PRO, reason="Beta, second round", expires_at=in_days(9), by=staff)

    first.refresh_from_db()
    assert not first.is_open()
    assert second.is_open()
    assert entitlements_for(holder).plan == PRO
    entry = AuditEntry.objects.get(target_id=second.pk)
    assert (entry.action, entry.actor) == ("comp.given", staff)
    assert (entry.before["plan"], entry.after["plan"]) == ("starter", "pro")


def test_giving_the_same_twice_gives_it_once(holder, staff):
    until = in_days(30)

    for _click in range(2):
        give_comp(holder, PRO, reason="Beta ", expires_at=until, by=staff)

    assert holder.comps.count() == 1
    assert actions(holder) == ["comp.given"]


def test_a_plan_can_be_given_again_after_its_time_was_over(holder, staff, time_machine):
    until = in_days(3)
    first = give_comp(holder, PRO, reason="Beta", expires_at=until, by=staff)
    time_machine.move_to(until + timedelta(days=10))

    give_comp(holder, STARTER, reason="Beta", expires_at=None, by=staff)

    first.refresh_from_db()
    assert first.ended_at == until
    assert AuditEntry.objects.filter(holder_id=holder.pk).latest("pk").before is None


@pytest.mark.django_db(transaction=True)
def test_two_of_staff_who_give_at_once_leave_one_given(holder, staff):
    give_comp(holder, STARTER, reason="Beta", expires_at=None, by=staff)

    def give(plan):
        return lambda: give_comp(holder, plan, reason="Beta", expires_at=None, by=staff)

    at_once(give(PRO), give(ENTERPRISE))

    assert holder.comps.filter(ended_at__isnull=True).count() == 1
    assert holder.comps.count() == 3
    assert actions(holder) == ["comp.given"] * 3


def test_ending_what_is_not_given_does_nothing(holder, staff):
    give_comp(holder, PRO, reason="Beta", expires_at=None, by=staff)

    ended = [end_comp(holder, by=staff) for _click in range(2)]

    assert ended[0] is not None
    assert ended[1] is None
    assert actions(holder) == ["comp.given", "comp.ended"]


@pytest.mark.parametrize(
    ("plan", "reason", "days", "says"),
    [
        (FREE, "Because", None, "Everybody has Free already"),
        (PRO, "  ", None, "Say why"),
        (PRO, "x" * 256, None, "255 characters"),
        (PRO, "Because", -1, "passed"),
    ],
)
def test_what_makes_no_sense_is_not_given(holder, staff, plan, reason, days, says):
    with pytest.raises(BillingError) as refusal:
        give_comp(holder, plan, reason=reason, expires_at=None if days is None else in_days(days), by=staff)

    assert says in str(refusal.value.customer_text)
    assert not holder.comps.exists()


def test_a_comp_costs_no_query_more(holder, staff, django_assert_num_queries):
    SubscriptionFactory(holder=holder)
    for _time in range(3):
        give_comp(holder, PRO, reason=f"Beta {_time}", expires_at=None, by=staff)

    with django_assert_num_queries(1):
        entitlements = entitlements_for(holder)
        assert entitlements.has_subscription
        assert entitlements.comp.plan_slug == "pro"
