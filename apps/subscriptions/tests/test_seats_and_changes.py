"""Seats while a change waits: the renewal bills the right number, and nobody's open payment is lost."""

from __future__ import annotations

from typing import Any

import pytest

from apps.subscriptions import tasks
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import calls, committed, current
from apps.teams.tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]
DAY = 86400


def change(client: Any, holder: Any, plan: str, interval: str) -> None:
    client.post(billing_url("change", holder), {"plan": plan, "interval": interval})


def item_of(stripe: Any, holder: Any) -> dict[str, Any]:
    return stripe.get(current(holder).stripe_id)["items"]["data"][0]


def last_invoice(stripe: Any, holder: Any) -> dict[str, Any]:
    return stripe.where("invoice", customer=current(holder).stripe_customer_id)[-1]


@pytest.fixture
def yearly(stripe, holder, buy, deliver_webhooks):
    """The first paid year of Pro for one has begun."""
    buy(holder, "pro", "year")
    stripe.advance(20 * DAY)
    deliver_webhooks()
    return holder


def test_who_joins_while_a_downgrade_waits_is_billed_now_and_after_it(
    stripe, yearly, owner_client, deliver_webhooks
):
    change(owner_client, yearly, "pro", "month")

    with committed():
        MembershipFactory(team=yearly)

    row = current(yearly)
    assert (row.quantity, row.next_quantity, row.next_interval) == (2, 2, "month")
    stripe.advance(366 * DAY)
    deliver_webhooks()
    assert (current(yearly).interval, current(yearly).quantity) == ("month", 2)
    assert last_invoice(stripe, yearly)["total"] == 2 * 20_00


def test_who_joins_a_flat_plan_is_counted_by_the_plan_that_comes(
    stripe, holder, owner_client, buy, deliver_webhooks
):
    buy(holder, "starter", "year")
    change(owner_client, holder, "pro", "month")

    with committed():
        MembershipFactory(team=holder)

    row = current(holder)
    assert (row.quantity, row.next_plan_slug, row.next_quantity) == (1, "pro", 2)
    assert item_of(stripe, holder)["quantity"] == 1
    stripe.advance(366 * DAY)
    deliver_webhooks()
    assert last_invoice(stripe, holder)["total"] == 2 * 20_00


def test_the_flat_plan_that_comes_is_bought_once(stripe, yearly, owner_client, deliver_webhooks):
    with committed():
        MembershipFactory(team=yearly)
    change(owner_client, yearly, "starter", "month")

    with committed():
        MembershipFactory(team=yearly)

    assert (current(yearly).quantity, current(yearly).next_quantity) == (3, 1)
    stripe.advance(366 * DAY)
    deliver_webhooks()
    assert last_invoice(stripe, yearly)["total"] == 29_00


def test_with_stripe_away_the_phase_to_come_is_set_by_the_hourly_sync(
    stripe, yearly, owner_client, deliver_webhooks
):
    change(owner_client, yearly, "pro", "month")
    fault = {
        "match": {"method": "POST", "path": "/v1/subscription_schedules/*"},
        "times": None,
        "status": 500,
    }
    stripe.faults.add(fault)
    with committed():
        MembershipFactory(team=yearly)
    assert (current(yearly).quantity, current(yearly).next_quantity) == (2, 1)

    stripe.faults.clear()
    tasks.sync_subscriptions()

    assert current(yearly).next_quantity == 2


def test_who_joins_while_an_upgrade_waits_for_its_payment_does_not_undo_it(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    buy(holder, "pro")
    stripe.advance(20 * DAY)
    deliver_webhooks()
    stripe.decline_next_renewal(current(holder).stripe_customer_id)
    change(owner_client, holder, "pro", "year")
    waiting = current(holder).latest_invoice_id

    with committed():
        MembershipFactory(team=holder)
    assert current(holder).pending_interval == "year"
    assert stripe.get(waiting)["status"] == "open"

    api.invoices.pay(waiting)
    deliver_webhooks()
    row = current(holder)
    assert (row.interval, row.quantity, row.pending_until) == ("year", 2, None)


def test_after_an_upgrade_nobody_paid_the_seats_follow(stripe, holder, owner_client, buy, deliver_webhooks):
    buy(holder, "pro")
    stripe.advance(20 * DAY)
    deliver_webhooks()
    stripe.decline_next_renewal(current(holder).stripe_customer_id, 9)
    change(owner_client, holder, "pro", "year")
    with committed():
        MembershipFactory(team=holder)
    assert item_of(stripe, holder)["quantity"] == 1

    stripe.advance(DAY)
    deliver_webhooks()

    assert (current(holder).interval, current(holder).quantity) == ("month", 2)


def test_from_seats_to_a_flat_plan_and_back_each_has_its_own_quantity(stripe, holder, owner_client, buy):
    MembershipFactory(team=holder)
    buy(holder, "pro")

    change(owner_client, holder, "starter", "month")
    assert (current(holder).plan_slug, current(holder).quantity) == ("starter", 1)

    change(owner_client, holder, "pro", "month")
    assert (current(holder).plan_slug, current(holder).quantity) == ("pro", 2)


def test_somebody_who_joins_between_preview_and_consent_makes_the_figures_old(
    stripe, holder, owner_client, buy, deliver_webhooks
):
    buy(holder, "pro")
    stripe.advance(20 * DAY)
    deliver_webhooks()
    url, wish = billing_url("change", holder), {"plan": "pro", "interval": "year"}
    page = owner_client.get(url, {**wish, "preview": "1"}).content.decode()
    proof = page.split('name="proration_date" value="')[1].split('"')[0]
    with committed():
        MembershipFactory(team=holder)

    answer = owner_client.post(url, {**wish, "proration_date": proof}, follow=True)

    assert "These figures are no longer right." in answer.content.decode()
    assert current(holder).interval == "month"


def test_add_ons_and_metered_items_are_left_alone(stripe, holder, owner_client, buy, deliver_webhooks, api):
    row = buy(holder, "pro")
    recurring, product = {"interval": "month"}, {"name": "Support"}
    price = api.prices.create(
        {"currency": "usd", "unit_amount": 500, "recurring": recurring, "product_data": product}
    )
    item = api.subscription_items.create({"subscription": row.stripe_id, "price": price.id, "quantity": 7})
    deliver_webhooks()

    with committed():
        MembershipFactory(team=holder)

    items = {item["id"]: item["quantity"] for item in stripe.get(row.stripe_id)["items"]["data"]}
    assert items == {row.plan_item_id: 2, item.id: 7}
    assert calls(stripe, "POST", f"/v1/subscription_items/{item.id}") == []
