"""A smaller plan begins at the renewal, in the subscription's own currency, wherever it was chosen."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from apps.subscriptions import stripe_api
from apps.subscriptions.holders import billing_url
from apps.subscriptions.services.plan_change.phases import as_params
from apps.subscriptions.tests.conftest import choose, current, invoices_of, value_of
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.subscriptions.tests.plan_change_story import (
    DAY,
    confirm,
    proof_in,
    show,
    switch,
)
from stripe_sandbox.hosted import portal_switch

pytestmark = pytest.mark.django_db


# Downgrades --------------------------------------------------------------------------------------------


def test_a_downgrade_waits_for_the_renewal_and_costs_nothing_today(
    stripe, holder, buy, owner_client, deliver_webhooks
):
    buy(holder, "starter", "year")
    ends = current(holder).current_period_end
    page = show(owner_client, holder, "starter", "month")
    assert value_of(page, "change-preview") == "0"

    confirm(owner_client, holder, "starter", "month", proof_in(page))
    deliver_webhooks()

    row = current(holder)
    assert (row.interval, row.next_plan_slug, row.next_interval) == ("year", "starter", "month")
    assert (row.next_change_at, row.next_quantity) == (ends, 1)
    assert row.schedule_id
    assert len(invoices_of(stripe, row)) == 1

    stripe.advance(366 * DAY)
    deliver_webhooks()
    row = current(holder)
    assert (row.interval, row.next_plan_slug, row.status) == ("month", "", "active")
    assert invoices_of(stripe, row)[-1]["total"] == 29_00


def test_a_cheaper_plan_of_the_same_length_waits_too(stripe, holder, buy, owner_client, deliver_webhooks):
    buy(holder, "starter")

    switch(owner_client, holder, "pro")  # one seat of Pro costs less than Starter

    row = current(holder)
    assert (row.plan_slug, row.next_plan_slug) == ("starter", "pro")
    stripe.advance(32 * DAY)
    deliver_webhooks()
    assert (current(holder).plan_slug, current(holder).trial_end) == ("pro", None)


def test_who_looks_for_a_plan_reads_what_is_planned(stripe, holder, buy, owner_client, deliver_webhooks):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")
    deliver_webhooks()

    page = owner_client.get(billing_url("change", holder)).content.decode()

    assert "Starter, monthly is planned from" in page


def test_a_planned_change_can_be_taken_back(stripe, holder, buy, owner_client, deliver_webhooks):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")

    owner_client.post(billing_url("resume", holder))

    row = current(holder)
    assert (row.schedule_id, row.next_plan_slug, row.next_change_at) == ("", "", None)
    stripe.advance(366 * DAY)
    deliver_webhooks()
    assert current(holder).interval == "year"


def test_cancelling_gives_a_planned_change_up(stripe, holder, buy, owner_client):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")

    owner_client.post(billing_url("cancel", holder))

    row = current(holder)
    assert row.ends_at == row.current_period_end
    assert (row.schedule_id, row.next_plan_slug) == ("", "")


def test_an_upgrade_replaces_a_planned_downgrade(stripe, holder, buy, owner_client):
    buy(holder, "starter")
    switch(owner_client, holder, "pro")

    switch(owner_client, holder, "starter", "year")

    row = current(holder)
    assert (row.plan_slug, row.interval, row.next_plan_slug) == ("starter", "year", "")


def test_another_downgrade_replaces_the_first(stripe, holder, buy, owner_client):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")

    switch(owner_client, holder, "pro", "month")

    row = current(holder)
    assert (row.next_plan_slug, row.next_interval) == ("pro", "month")
    assert len(stripe.all("subscription_schedule")) == 1


def test_the_same_downgrade_twice_is_one(stripe, holder, buy, owner_client):
    buy(holder, "starter", "year")
    switch(owner_client, holder, "starter", "month")

    answer = confirm(owner_client, holder, "starter", "month")

    assert "planned already" in answer.content.decode()
    assert len(stripe.all("subscription_schedule")) == 1


def test_a_coupon_goes_on_after_a_downgrade(stripe, holder, buy, owner_client, deliver_webhooks, api):
    row = buy(holder, "starter", "year")
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"}).id
    api.subscriptions.update(row.stripe_id, {"discounts": [{"coupon": coupon}]})

    switch(owner_client, holder, "starter", "month")
    stripe.advance(366 * DAY)
    deliver_webhooks()

    assert invoices_of(stripe, row)[-1]["total"] == 14_50


def tax_of(api: Any, percent: int) -> str:
    return api.tax_rates.create({"display_name": "VAT", "percentage": percent, "inclusive": False}).id


def test_tax_set_by_hand_goes_on_after_a_downgrade(stripe, holder, buy, owner_client, deliver_webhooks, api):
    row = buy(holder, "starter", "year")
    api.subscriptions.update(row.stripe_id, {"default_tax_rates": [tax_of(api, 10)]})

    switch(owner_client, holder, "starter", "month")
    stripe.advance(366 * DAY)
    deliver_webhooks()

    assert invoices_of(stripe, row)[-1]["total"] == 31_90


@pytest.mark.parametrize("tax", ["by_hand", "automatic"])
def test_a_phase_that_is_sent_again_says_the_same(holder, buy, api, tax):
    """Stripe forgets what a request leaves out."""
    row = buy(holder, "starter", "year")
    card = api.payment_methods.attach("pm_card_visa", {"customer": row.stripe_customer_id}).id
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"}).id
    taxes = {
        "by_hand": {"default_tax_rates": [tax_of(api, 10)]},
        "automatic": {"automatic_tax": {"enabled": True}},
    }
    address = {"country": "DE", "postal_code": "10115"}
    api.customers.update(row.stripe_customer_id, {"address": address})
    item = {"id": row.plan_item_id, "metadata": {"desk": "7"}}
    if tax == "by_hand":
        item["tax_rates"] = [tax_of(api, 20)]
    given = {
        "default_payment_method": card,
        "description": "By contract",
        "discounts": [{"coupon": coupon}],
        "items": [item],
        "metadata": {"contract": "A-1"},
        **taxes[tax],
    }
    api.subscriptions.update(row.stripe_id, given)
    schedule = stripe_api.schedules.create_for(row.stripe_id)

    sent = stripe_api.schedules.set_phases(schedule["id"], [as_params(phase) for phase in schedule["phases"]])

    assert sent["phases"] == schedule["phases"]


def test_add_ons_stay_beside_the_new_plan(stripe, holder, buy, owner_client, deliver_webhooks, api):
    row = buy(holder, "starter")
    price = api.prices.create(
        {
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Support"},
        }
    )
    api.subscription_items.create({"subscription": row.stripe_id, "price": price.id, "quantity": 2})

    switch(owner_client, holder, "pro")
    stripe.advance(32 * DAY)
    deliver_webhooks()

    items = stripe.get(row.stripe_id)["items"]["data"]
    assert {item["price"]: item["quantity"] for item in items if item["price"] == price.id} == {price.id: 2}
    assert current(holder).plan_slug == "pro"


# Other currencies, retired and unknown plans -----------------------------------------------------------


@pytest.fixture
def in_euros(stripe, holder, api):
    """Starter costs euros too, and is paid with them by the year; Pro does not."""
    for key, amount in (("starter-month", 27_00), ("starter-year", 270_00)):
        price = api.prices.list({"lookup_keys": [key]}).data[0].id
        api.prices.update(price, {"currency_options": {"eur": {"unit_amount": amount}}})
    call_command("bootstrap_subscriptions", stdout=StringIO())
    return holder


def pay_in_euros(stripe: Any, api: Any, holder: Any, client: Client, deliver: Any, key: str) -> None:
    """A subscription in euros, as Checkout or somebody at Stripe makes it."""
    choose(client, holder, "starter")
    holder.refresh_from_db()
    customer = holder.stripe_customer_id
    card = api.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    items = [{"price": api.prices.list({"lookup_keys": [key]}).data[0].id}]
    api.subscriptions.create(
        {"customer": customer, "items": items, "currency": "eur", "default_payment_method": card}
    )
    deliver()


def test_a_change_stays_in_the_currency_of_the_subscription(
    stripe, in_euros, api, owner_client, deliver_webhooks
):
    pay_in_euros(stripe, api, in_euros, owner_client, deliver_webhooks, "starter-month")
    page = show(owner_client, in_euros, "starter", "year")
    shown = int(value_of(page, "change-preview"))

    confirm(owner_client, in_euros, "starter", "year", proof_in(page))

    assert "€" in page.content.decode()
    paid = invoices_of(stripe, current(in_euros))[-1]
    assert (paid["currency"], paid["amount_paid"]) == ("eur", shown)
    refused = confirm(owner_client, in_euros, "pro", "year")
    assert "cannot be bought right now" in refused.content.decode()


def test_a_downgrade_stays_in_the_currency_of_the_subscription(
    stripe, in_euros, api, owner_client, deliver_webhooks
):
    pay_in_euros(stripe, api, in_euros, owner_client, deliver_webhooks, "starter-year")

    switch(owner_client, in_euros, "starter", "month")
    stripe.advance(366 * DAY)
    deliver_webhooks()

    renewal = invoices_of(stripe, current(in_euros))[-1]
    assert (renewal["currency"], renewal["total"]) == ("eur", 27_00)


def test_from_a_product_we_do_not_know_there_is_a_way_to_a_plan_we_sell(
    stripe, starter, owner_client, deliver_webhooks, api
):
    row = current(starter)
    recurring, product = {"interval": "month"}, {"name": "Old"}
    price = {"currency": "usd", "unit_amount": 500, "recurring": recurring, "product_data": product}
    item = {"id": row.plan_item_id, "price": api.prices.create(price).id}
    api.subscriptions.update(row.stripe_id, {"items": [item], "proration_behavior": "none"})
    deliver_webhooks()
    assert current(starter).plan_slug == ""

    switch(owner_client, starter, "pro")

    assert current(starter).plan_slug == "pro"


# In the Portal -----------------------------------------------------------------------------------------


def switch_in_the_portal(stripe: Any, client: Client, holder: Any, api: Any, lookup_key: str) -> None:
    session = client.post(billing_url("portal", holder))["Location"].rsplit("/", 1)[1]
    price = api.prices.list({"lookup_keys": [lookup_key]}).data[0].id
    portal_switch.change_plan(stripe, session, current(holder).stripe_id, price)


def test_an_upgrade_in_the_portal_arrives_alike(stripe, pro, owner_client, deliver_webhooks, api):
    switch_in_the_portal(stripe, owner_client, pro, api, "pro-year")

    deliver_webhooks()

    assert (current(pro).plan_slug, current(pro).interval) == ("pro", "year")


def test_a_downgrade_in_the_portal_waits_for_the_renewal_as_here(
    stripe, holder, buy, owner_client, deliver_webhooks, api
):
    buy(holder, "pro", "year")
    stripe.advance(20 * DAY)
    deliver_webhooks()
    switch_in_the_portal(stripe, owner_client, holder, api, "pro-month")

    owner_client.get(billing_url("portal_return", holder))

    row = current(holder)
    assert (row.interval, row.next_interval, row.next_change_at) == ("year", "month", row.current_period_end)
    owner_client.post(billing_url("resume", holder))
    assert current(holder).next_interval == ""


def test_a_phase_with_an_unknown_product_is_stored_without_a_plan(
    stripe, starter, owner_client, deliver_webhooks, api
):
    row = current(starter)
    price = api.prices.create(
        {
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Old"},
        }
    )
    schedule = api.subscription_schedules.create({"from_subscription": row.stripe_id})
    phase = schedule.phases[0]
    api.subscription_schedules.update(
        schedule.id,
        {
            "phases": [
                {
                    "items": [{"price": row.price_id, "quantity": 1}],
                    "start_date": phase.start_date,
                    "end_date": phase.end_date,
                },
                {"items": [{"price": price.id, "quantity": 1}]},
            ]
        },
    )

    deliver_webhooks()

    row = current(starter)
    assert (row.next_plan_slug, row.next_price_id, row.next_change_at) == (
        "",
        price.id,
        row.current_period_end,
    )
    assert owner_client.get(billing_url("tab", starter)).status_code == 200


def test_a_row_without_a_mirrored_price_can_be_looked_at(stripe, holder, owner_client):
    SubscriptionFactory(holder=holder, price_id="price_gone")

    page = owner_client.get(billing_url("change", holder), {"plan": "starter", "interval": "month"})

    assert page.status_code == 200
