from __future__ import annotations

import pytest

from apps.subscriptions.checks import plans_make_sense
from apps.subscriptions.decorators import active_subscription_required
from apps.subscriptions.metadata import (
    ACTIVE_PRODUCTS,
    PRO,
    STARTER,
    PlanInterval,
    UnknownPlan,
    default_plan,
    plan_for_slug,
)


def test_the_demo_catalogue_has_a_free_default_a_flat_and_a_seat_plan_and_one_to_talk_about():
    assert [plan.slug for plan in ACTIVE_PRODUCTS] == ["free", "starter", "pro", "enterprise"]
    assert default_plan().slug == "free"
    assert STARTER.quantity == "one"
    assert STARTER.max_seats == 3
    assert PRO.quantity == "holder"
    assert [plan.slug for plan in ACTIVE_PRODUCTS if plan.is_sold] == ["starter", "pro"]


def test_a_price_is_named_by_plan_and_interval():
    assert PRO.lookup_key(PlanInterval.YEAR) == "pro-year"


def test_an_unknown_slug_in_code_raises():
    with pytest.raises(UnknownPlan):
        plan_for_slug("prro")


def test_a_gate_with_a_typo_fails_where_it_is_written():
    with pytest.raises(UnknownPlan):
        active_subscription_required(limit_to_plans=["prro"])


def test_the_catalogue_passes_its_own_checks():
    assert plans_make_sense() == []


def test_two_plans_of_one_slug_or_no_default_stop_the_start(monkeypatch):
    monkeypatch.setattr("apps.subscriptions.checks.ACTIVE_PRODUCTS", [PRO, PRO])

    assert [error.id for error in plans_make_sense()] == ["subscriptions.E001", "subscriptions.E002"]
