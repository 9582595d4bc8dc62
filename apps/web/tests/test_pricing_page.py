from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from apps.subscriptions.pricing.cards import PlanCard


def card(**values) -> str:
    plan = PlanCard(**{"slug": "pro", "name": "Pro", "description": "", "features": ("All of it",), **values})
    return render_to_string(
        "components/price_card.html", {"plan": plan, "interval": "year", "csrf_token": "t"}
    )


def test_a_plan_is_bought_by_posting_its_name_never_its_price():
    shown = card(
        figure="$140.00", currency="usd", action="checkout", action_url="/buy/", action_label="Choose Pro"
    )

    assert '<form method="post" action="/buy/">' in shown
    assert 'name="plan" value="pro"' in shown
    assert 'name="interval" value="year"' in shown
    assert 'data-testid="choose-pro-year"' in shown
    assert "140" not in shown.split("<form")[1].split("</form>")[0]


@pytest.mark.parametrize(
    "values",
    [
        {"figure": "Free", "action": "signup", "action_url": "/join/", "action_label": "Start free"},
        {"figure": "Let's talk", "action": "contact", "action_url": "mailto:x@y.z", "action_label": "Talk"},
        {"figure": "$140.00", "currency": "usd", "action": "none"},
    ],
    ids=["free", "contact", "may not buy"],
)
def test_only_what_checkout_sells_can_be_chosen(values):
    assert "choose-" not in card(**values)


def test_the_total_for_the_team_is_the_largest_number():
    shown = card(
        figure="$140.00", total_text="$140.00", total=14000, note="7 seats", details=["$20 per seat"]
    )

    assert '<p class="figure">$140.00</p>' in shown
    assert "$20 per seat" in shown


def test_a_trial_says_what_comes_after_it():
    shown = card(figure="$140.00", total=14000, total_text="$140.00", how_often="per month", trial_days=14)

    assert "Free for 14 days, then $140.00 per month." in shown
