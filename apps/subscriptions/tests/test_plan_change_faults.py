"""Stripe is away, slow or silent while a plan is changed."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.models import AuditEntry
from apps.subscriptions.signals import subscription_synced
from apps.subscriptions.tests.conftest import current, invoices_of, value_of
from apps.subscriptions.tests.plan_change_story import (
    confirm,
    proof_in,
    show,
    switch,
)

pytestmark = pytest.mark.django_db


# Stripe's bad days -------------------------------------------------------------------------------------


def test_with_stripe_away_nothing_changes_and_a_retry_finishes(stripe, pro, owner_client):
    proof = proof_in(show(owner_client, pro, "starter", "year"))
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 503})

    answer = confirm(owner_client, pro, "starter", "year", proof)
    assert "does not answer right now" in answer.content.decode()
    assert current(pro).plan_slug == "pro"

    stripe.faults.clear()
    confirm(owner_client, pro, "starter", "year", proof)
    assert current(pro).plan_slug == "starter"


def test_with_stripe_away_the_preview_says_so_and_offers_to_try_again(stripe, pro, owner_client):
    stripe.faults.add({"match": {"path": "/v1/invoices/create_preview"}, "times": 1, "status": 500})

    page = show(owner_client, pro, "starter", "year")

    assert value_of(page, "change-confirm") is None
    assert "Try again" in page.content.decode()


def test_an_answer_lost_on_the_way_is_looked_up_and_charged_once(stripe, pro, owner_client):
    row = current(pro)
    path = f"/v1/subscriptions/{row.stripe_id}"
    before = len(invoices_of(stripe, row))
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "drop_response": True})

    answer = confirm(owner_client, pro, "starter", "year")

    assert "You are on Starter now, paid yearly." in answer.content.decode()
    assert current(pro).plan_slug == "starter"
    assert len(invoices_of(stripe, row)) == before + 1


def test_a_change_that_failed_says_nothing_of_seats(stripe, pro, owner_client):
    """How many there are is not in doubt."""
    path = f"/v1/subscriptions/{current(pro).stripe_id}"
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "status": 500})

    answer = confirm(owner_client, pro, "starter", "year")

    assert "Whether your plan has changed shows here in a minute" in answer.content.decode()
    assert value_of(answer, "seats-telling") is None


def test_when_nobody_knows_whether_it_was_done_the_page_says_that(
    stripe, pro, owner_client, deliver_webhooks
):
    row = current(pro)
    path = f"/v1/subscriptions/{row.stripe_id}"
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "status": 500})

    answer = confirm(owner_client, pro, "starter", "year")

    assert "Trying again does not charge you twice." in answer.content.decode()


def test_somebody_who_was_faster_is_no_fault(stripe, pro, owner_client, api):
    """A second click reaches Stripe after the first has begun a new period: Stripe refuses its figures."""
    row = current(pro)
    price = next(p["id"] for p in stripe.all("price") if p["lookup_key"] == "starter-year")
    first = {"items": [{"id": row.plan_item_id, "price": price}], "proration_behavior": "always_invoice"}
    proof = proof_in(show(owner_client, pro, "starter", "year"))
    stripe.advance(60)

    def click(**kwargs: Any) -> None:
        subscription_synced.disconnect(click)
        api.subscriptions.update(row.stripe_id, first)

    subscription_synced.connect(click)
    answer = confirm(owner_client, pro, "starter", "year", proof)

    assert "You are on this plan already." in answer.content.decode()
    assert len(invoices_of(stripe, row)) == 3  # the trial's, the first month's, and the first click's


def test_a_downgrade_whose_last_answer_was_lost_is_looked_up(stripe, holder, buy, owner_client):
    buy(holder, "starter", "year")
    match = {"method": "POST", "path": "/v1/subscription_schedules/*"}
    stripe.faults.add({"match": match, "times": 1, "drop_response": True})

    answer = switch(owner_client, holder, "starter", "month")

    assert "From the next renewal you are on Starter, paid monthly." in answer.content.decode()
    assert current(holder).next_interval == "month"
    assert AuditEntry.objects.filter(action="subscription.plan_changed").count() == 1


@pytest.mark.parametrize("path", ["/v1/subscription_schedules", "/v1/subscription_schedules/*"])
def test_a_downgrade_whose_answer_was_lost_is_finished_by_a_retry(stripe, holder, buy, owner_client, path):
    buy(holder, "starter", "year")
    stripe.faults.add({"match": {"method": "POST", "path": path}, "times": 1, "drop_response": True})

    confirm(owner_client, holder, "starter", "month")
    confirm(owner_client, holder, "starter", "month")

    assert current(holder).next_interval == "month"
    assert len(stripe.all("subscription_schedule")) == 1
