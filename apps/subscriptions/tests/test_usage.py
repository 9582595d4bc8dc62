"""How far a plan's limits are used, as a product that counts its projects says."""

from __future__ import annotations

import pytest

from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.usage import usage_of

pytestmark = pytest.mark.django_db


def three_projects(holder) -> int:
    return 3


def test_nobody_counts_until_a_product_says_who(holder):
    (projects,) = usage_of(entitlements_for(holder))

    assert (projects.name, projects.used, projects.limit) == ("Projects", None, 1)


def test_a_product_s_own_count_fills_the_meter(holder, settings):
    settings.LIMIT_COUNTERS = {"projects": f"{__name__}.three_projects"}

    (projects,) = usage_of(entitlements_for(holder))

    assert (projects.used, projects.limit) == (3, 1)


def test_the_same_count_stands_on_an_unlimited_plan(stripe, holder, buy, settings):
    settings.LIMIT_COUNTERS = {"projects": f"{__name__}.three_projects"}
    buy(holder, "pro")

    (projects,) = usage_of(entitlements_for(holder))

    assert (projects.used, projects.limit) == (3, None)


def nobody_knows(holder) -> None:
    """A counter that has no number today."""


def test_a_counter_without_a_number_leaves_the_limit_alone(holder, settings):
    settings.LIMIT_COUNTERS = {"projects": f"{__name__}.nobody_knows"}

    (projects,) = usage_of(entitlements_for(holder))

    assert (projects.used, projects.limit) == (None, 1)
