"""The table below the cards says what the code allows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from apps.subscriptions.metadata import ENTERPRISE, FREE, PRO, STARTER, Feature, Limit
from apps.subscriptions.pricing import compared

pytestmark = pytest.mark.django_db


def told(label: str) -> dict[str, str]:
    """Plan -> what its cell says, "yes" or "no" where it is a mark."""
    (line,) = [line for line in compared() if line.label == label]
    return {cell.plan: cell.text or ("yes" if cell.is_in else "no") for cell in line.cells}


@pytest.fixture
def sold(monkeypatch):
    def sold(*plans):
        monkeypatch.setattr("apps.subscriptions.pricing.comparison.ACTIVE_PRODUCTS", list(plans))

    return sold


def test_what_a_plan_opens_is_what_its_gates_open():
    assert told("Audit log export") == {"Free": "no", "Starter": "no", "Pro": "yes", "Enterprise": "yes"}
    assert told("Projects") == {"Free": "1", "Starter": "10", "Pro": "Unlimited", "Enterprise": "Unlimited"}


def test_every_feature_and_limit_has_its_line():
    labels = {line.label for line in compared()}

    assert {str(word.label) for word in (*Feature, *Limit)} <= labels


def test_how_each_is_paid():
    paid = {"Free": "Free", "Starter": "One price", "Pro": "Per seat", "Enterprise": "By agreement"}

    assert told("How it is paid") == paid
    assert told("Free trial") == {"Free": "no", "Starter": "no", "Pro": "14 days", "Enterprise": "no"}


@pytest.mark.team_holder
def test_how_many_people_each_takes():
    assert told("People")["Starter"] == "Up to 3"
    assert told("People")["Pro"] == "Any number"


@pytest.mark.user_holder
def test_where_each_person_pays_nobody_counts_people():
    assert "People" not in {line.label for line in compared()}


def test_a_large_limit_can_be_read(sold):
    sold(FREE, replace(PRO, limits={Limit.PROJECTS: 1_250_000}))

    assert told("Projects") == {"Free": "1", "Pro": "1,250,000"}


def test_a_retired_plan_is_not_compared(sold):
    sold(FREE, replace(STARTER, hidden=True), PRO, ENTERPRISE)

    assert set(told("API access")) == {"Free", "Pro", "Enterprise"}


def test_the_table_has_the_columns_of_the_cards(client, django_assert_num_queries):
    with django_assert_num_queries(1):  # the prices
        page = client.get(reverse("pricing")).content.decode()

    cards = re.findall(r'<h3 id="plan-\w+-name">(.+?)</h3>', page)
    table = page.partition('<table class="grid-table compared">')[2].partition("</table>")[0]
    assert re.findall(r'<th scope="col">(.+?)</th>', table) == cards
    assert table.count("<td data-label=") == len(cards) * len(compared())
