"""Stripe refuses to hear of a new member for a while."""

from __future__ import annotations

import pytest

from apps.subscriptions.services import seats
from apps.subscriptions.tests.conftest import committed, seats_at_stripe
from apps.teams.tests.factories import MembershipFactory
from tests.runbooks.staff import click
from tests.runbooks.walk import walking

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]


def test_the_page_leads_to_the_right_number(stripe, holder, buy, staff):
    subscription = buy(holder, "pro")
    item = f"/v1/subscription_items/{subscription.plan_item_id}"
    stripe.faults.add({"match": {"method": "POST", "path": item}, "times": None, "status": 500})
    with committed():
        MembershipFactory(team=holder)

    with walking("seats") as page:
        page.run("Look", HOLDER=holder.pk)
        page.run("Do", 1, HOLDER=holder.pk)

        stripe.faults.clear()
        page.run("Do", 2, HOLDER=holder.pk)
        assert seats_at_stripe(stripe, holder) == 2
        page.run("Over when")
        click(staff, page, holder, "Set the seats at Stripe")
    assert not seats.holders_to_sync().exists()
