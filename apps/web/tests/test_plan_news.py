from __future__ import annotations

import pytest

from apps.web.plan_news import change_told

NOW = {
    "status": "active",
    "plan": "pro",
    "interval": "month",
    "quantity": 3,
    "ends_at": None,
    "next_plan": "",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "past_due", "quantity": 4}, "updated the subscription: Payment overdue"),
        ({"plan": "starter", "quantity": 1}, "changed the plan to Starter"),
        ({"plan": "gone"}, "updated the subscription: Active"),
        ({"interval": "year"}, "changed to yearly payment"),
        ({"ends_at": "2031-12-19T09:03:10+00:00"}, "noted that the plan ends on 19 December 2031"),
        ({"next_plan": "starter"}, "noted the change to Starter at the renewal"),
        ({"quantity": 4}, "changed the billed seats from 3 to 4"),
        ({"quantity": 12_000}, "changed the billed seats from 3 to 12,000"),
        ({"quantity": None}, "updated the subscription: Active"),
    ],
)
def test_the_weightiest_difference_is_told(change, said):
    assert change_told(NOW, {**NOW, **change}) == said


def test_what_is_taken_back_is_told_too():
    assert change_told({**NOW, "ends_at": "2031-12-19T09:03:10+00:00"}, NOW) == "noted that the plan goes on"
    assert change_told({**NOW, "next_plan": "starter"}, NOW) == "noted that the plan stays"


def test_a_new_subscription_and_an_old_entry_are_told_by_their_status():
    assert change_told({}, NOW) == "updated the subscription: Active"
    assert change_told({}, {"status": "in_a_new_way"}) == "updated the subscription: in_a_new_way"
