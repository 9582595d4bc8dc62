from __future__ import annotations

import pytest

from apps.web.plan_news import change_told, choice_told, gift_end_told, gift_told, longer_trial_told

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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"interval": "week"}, "changed how often the plan is paid"),
        ({"interval": "day"}, "changed how often the plan is paid"),
        ({"interval": ""}, "updated the subscription: Active"),
        ({"ends_at": "2027-13-45T00:00:00+00:00"}, "updated the subscription: Active"),
        ({"ends_at": "2027-01-05T00:00:00"}, "updated the subscription: Active"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, "updated the subscription: Active"),
        ({"ends_at": 1_800_000_000}, "updated the subscription: Active"),
        ({"quantity": "four"}, "updated the subscription: Active"),
        ({"status": None}, "updated the subscription"),
    ],
)
def test_what_cannot_be_read_is_told_in_general(change, said):
    assert change_told(NOW, {**NOW, **change}) == said


@pytest.mark.parametrize("name", ["interval", "plan", "quantity", "status"])
def test_an_entry_that_lacks_something_is_told_by_its_status(name):
    lacking = {key: value for key, value in NOW.items() if key != name}

    assert change_told(NOW, lacking).startswith("updated the subscription")


def test_a_price_by_the_month_is_monthly_only_where_the_plan_is_sold_so():
    yearly = {**NOW, "interval": "year"}

    assert change_told(yearly, NOW) == "changed to monthly payment"
    unknown = {"plan": "gone"}
    assert change_told({**yearly, **unknown}, {**NOW, **unknown}) == "changed how often the plan is paid"


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"plan": "starter", "interval": "month", "when": "done"}, "chose the plan Starter"),
        ({"plan": "starter", "when": "at_renewal"}, "chose Starter from the renewal on"),
        ({"plan": "pro", "interval": "year"}, "chose yearly payment"),
        ({"plan": "pro", "interval": "month"}, "chose monthly payment"),
        ({"plan": "pro", "interval": "week"}, "chose another interval"),
        ({"plan": "gone"}, "chose another plan"),
        ({}, "chose another plan"),
    ],
)
def test_what_somebody_chose(after, said):
    assert choice_told({"plan": "pro", "interval": "month"}, after) == said


def test_what_support_gave_and_until_when():
    until = "2031-12-19T09:03:10+00:00"

    assert longer_trial_told({}, {"trial_end": until}) == "extended the trial until 19 December 2031"
    assert longer_trial_told({}, {"trial_end": "soon"}) == "extended the trial"
    given = gift_told({}, {"plan": "pro", "until": until})
    assert given == "gave the team the plan Pro until 19 December 2031"
    assert gift_told({}, {"plan": "pro", "until": ""}) == "gave the team the plan Pro"
    assert gift_told({}, {"plan": "gone"}) == "gave the team a plan"
    assert gift_end_told({"plan": "gone"}, {}) == "ended the given plan"
