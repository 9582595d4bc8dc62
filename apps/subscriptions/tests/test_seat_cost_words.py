"""The sentence under the box: every kind of figure in words that say when it is paid."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.subscriptions.services.seats.kinds import Kind
from apps.subscriptions.services.seats.preview import SeatPreview
from apps.subscriptions.tab.seat_cost import seat_cost

RENEWAL = datetime(2026, 12, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _this_year(time_machine):
    time_machine.move_to(datetime(2026, 11, 28, tzinfo=UTC))


def said(added: int = 2, **values: Any) -> tuple[str, list[str]]:
    given = {"currency": "usd", "interval": "month", "from_date": RENEWAL, **values}
    cost = seat_cost(SeatPreview(Kind.PRICED, added, added + 1, "Pro", **given))
    return cost.text, cost.notes


NOW = {"interval": "year", "invoiced_now": True}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "month": (
        {"prorated": 13_08, "more_per_period": 40_00},
        "Adds 2 seats. Nothing today; $13.08 for the rest of this month comes with the invoice of 3 December"
        ", then $40.00 a month more.",
    ),
    "one": (
        {"added": 1, "prorated": 6_54, "more_per_period": 20_00},
        "Adds 1 seat. Nothing today; $6.54 for the rest of this month comes with the invoice of 3 December, "
        "then $20.00 a month more.",
    ),
    "year": (
        {**NOW, "billed_today": 13_08, "prorated": 13_08, "more_per_period": 400_00},
        "Adds 2 seats. $13.08 today, then $400.00 a year more from 3 December.",
    ),
    "trial": (
        {"is_trial": True, "more_per_period": 40_00},
        "Adds 2 seats. Nothing until the trial ends on 3 December, then $40.00 a month more.",
    ),
    "prorations off": (
        {"more_per_period": 40_00},
        "Adds 2 seats. Nothing today, then $40.00 a month more from 3 December.",
    ),
    "room in the package": ({}, "Adds 2 seats. Nothing more to pay."),
    "cheaper by volume": (
        {"prorated": -5_00, "more_per_period": -15_00},
        "Adds 2 seats. Nothing today; the invoice of 3 December is $5.00 less for the rest of this month, "
        "then $15.00 a month less.",
    ),
    "cheaper today": (
        {**NOW, "prorated": -5_00, "more_per_period": -15_00},
        "Adds 2 seats. Nothing today: $5.00 is added to your credit, then $15.00 a year less from "
        "3 December.",
    ),
    "paid by credit": (
        {**NOW, "prorated": 5_00, "more_per_period": 60_00},
        "Adds 2 seats. Nothing to pay today: $5.00 goes against your balance, then $60.00 a year more from "
        "3 December.",
    ),
    "every three months": (
        {"prorated": 5_00, "more_per_period": 60_00, "interval_count": 3},
        "Adds 2 seats. Nothing today; $5.00 for the rest of this period comes with the invoice of 3 December"
        ", then $60.00 more every 3 months.",
    ),
    "yen": (
        {"currency": "jpy", "prorated": 500, "more_per_period": 1500},
        "Adds 2 seats. Nothing today; ¥500 for the rest of this month comes with the invoice of 3 December, "
        "then ¥1,500 a month more.",
    ),
    "from free to paid": (
        {"invoiced_now": True, "begins_anew": True, "billed_today": 40_00, "more_per_period": 40_00},
        "Adds 2 seats. $40.00 today, then $40.00 a month more from 3 December.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_says_what_when(case):
    values, words = CASES[case]

    assert said(**values)[0] == words


ADD: dict[str, tuple[dict[str, Any], str]] = {
    "ends": ({"ends": True, "prorated": 1}, "Your plan ends on 3 December, so nothing follows."),
    "credit": (
        {**NOW, "billed_today": 4_08, "prorated": 13_08},
        "Of the $13.08 for the rest of this year your credit pays $9.00.",
    ),
    "earlier": ({**NOW, "billed_today": 15_00, "prorated": 13_08}, "$1.92 of it is for earlier changes."),
    "tax": ({"prorated": 1, "has_tax": True}, "Tax is in these amounts."),
    "overdue": ({"prorated": 1, "is_overdue": True}, "An invoice is overdue and has to be paid, too."),
    "discount": (
        {"more_per_period": 20_00, "more_without_discount": 40_00},
        "As long as your discount lasts; without it $40.00 a month more.",
    ),
    "discount and tax": (
        {"more_per_period": 20_00, "more_without_discount": 40_00, "has_tax": True},
        "As long as your discount lasts; without it $40.00 a month more, before tax.",
    ),
    "next plan": (
        {"more_per_period": 20_00, "is_list_price": True, "next_plan_name": "Team"},
        "From the renewal on by the prices of Team, before tax and discounts.",
    ),
}


@pytest.mark.parametrize("case", ADD)
def test_what_has_to_be_known_beside_it_is_added(case):
    values, words = ADD[case]

    assert words in said(**values)[1]


def test_a_plain_figure_needs_no_note():
    assert said(prorated=13_08, more_per_period=40_00)[1] == []


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.PRICED])
def test_where_there_is_no_figure_there_is_a_sentence(kind):
    cost = seat_cost(SeatPreview(kind, 2, 3, "Pro"))

    assert cost.text.endswith(".")
    assert "%" not in cost.text
