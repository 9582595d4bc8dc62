"""What happens at Stripe without our doing: other subscriptions, products, customers, modes."""

from __future__ import annotations

import logging

import pytest

from apps.subscriptions import sync, tasks
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.models import CheckoutAttempt, Subscription
from apps.subscriptions.tests.conftest import (
    choose,
    current,
    gate_is_open,
    invoices_of,
    post_signed,
)
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.subscriptions.tests.lifecycle_story import DAY, price_at_stripe, second_subscription, tab

pytestmark = pytest.mark.django_db


# What happens at Stripe itself -------------------------------------------------------------------------


def test_a_customer_deleted_at_stripe_has_no_plan_any_more(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    row = buy(holder, "starter")

    api.customers.delete(row.stripe_customer_id)
    deliver_webhooks()

    assert Subscription.objects.get(holder=holder).status == "canceled"
    holder.refresh_from_db()
    assert holder.stripe_customer_id == ""
    assert not gate_is_open(owner_client, holder)


def test_a_second_live_subscription_is_kept_apart_and_told_of_once(
    stripe, holder, owner_client, buy, deliver_webhooks, api, caplog
):
    first = buy(holder, "starter")
    stripe.advance(60)
    second = second_subscription(api, first)

    with caplog.at_level(logging.ERROR):
        deliver_webhooks()
        sync.sync_customer(first.stripe_customer_id)

    assert current(holder).stripe_id == first.stripe_id
    assert not Subscription.objects.get(stripe_id=second).is_current
    assert [record.message for record in caplog.records if "more than one live" in record.message] == [
        f"Holder {holder.pk} has more than one live subscription"
    ]


def test_late_events_of_old_subscriptions_change_nothing(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    """Two old ones, one ended and one never paid, and a newer one that runs."""
    old = buy(holder, "starter")
    api.subscriptions.cancel(old.stripe_id)
    held_back = stripe.pending_deliveries()
    sync.sync_customer(old.stripe_customer_id)
    newer = buy(holder, "pro")
    assert newer.stripe_id != old.stripe_id

    answers = [post_signed(signed) for signed in held_back]
    stripe.advance(2 * DAY)
    deliver_webhooks()

    assert {answer.status_code for answer in answers} == {200}
    assert current(holder).stripe_id == newer.stripe_id
    assert gate_is_open(owner_client, holder)


def test_three_subscriptions_the_oldest_that_opens_counts_then_the_next(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    first = buy(holder, "starter")
    stripe.advance(60)
    second = second_subscription(api, first)
    stripe.advance(60)
    third = second_subscription(api, first, "starter-year")
    deliver_webhooks()
    assert current(holder).stripe_id == first.stripe_id

    api.subscriptions.cancel(first.stripe_id)
    deliver_webhooks(reversed)
    assert current(holder).stripe_id == second

    api.subscriptions.cancel(second)
    deliver_webhooks()
    assert current(holder).stripe_id == third
    assert gate_is_open(owner_client, holder)


def test_a_product_we_do_not_know_opens_the_bare_gate_alone(
    stripe, holder, owner_client, buy, deliver_webhooks, api, caplog
):
    row = buy(holder, "starter")
    item = {"id": row.plan_item_id, "price": price_at_stripe(api)}
    api.subscriptions.update(row.stripe_id, {"items": [item]})

    with caplog.at_level(logging.WARNING):
        deliver_webhooks()
        sync.sync_customer(row.stripe_customer_id)

    assert current(holder).plan_slug == ""
    assert gate_is_open(owner_client, holder)
    assert not entitlements_for(holder).on_plan(["starter", "pro"])
    assert sum("does not know" in record.message for record in caplog.records) == 1
    assert tab(owner_client, holder).status_code == 200


def test_a_price_archived_under_a_subscriber_goes_on_being_billed(
    stripe, holder, owner_client, buy, deliver_webhooks, api
):
    row = buy(holder, "starter")
    api.prices.update(row.price_id, {"active": False})
    deliver_webhooks()

    stripe.advance(32 * DAY)
    deliver_webhooks()

    assert (current(holder).plan_slug, current(holder).status) == ("starter", "active")
    assert "$29.00" in tab(owner_client, holder).content.decode()
    assert [invoice["amount_paid"] for invoice in invoices_of(stripe, row)] == [29_00, 29_00]


def test_an_anchor_at_the_end_of_a_month_keeps_to_it(
    stripe, holder, owner, owner_client, buy, deliver_webhooks, time_machine
):
    time_machine.move_to("2027-01-31T12:00:00Z")
    owner_client.force_login(owner)
    buy(holder, "starter")

    ends = []
    for _month in range(3):
        ends.append(current(holder).current_period_end.date().isoformat())
        stripe.advance(31 * DAY)
        deliver_webhooks()

    assert ends == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_a_subscription_made_at_stripe_for_our_customer_counts(
    stripe, holder, owner_client, deliver_webhooks, api
):
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()
    card = api.payment_methods.attach("pm_card_visa", {"customer": holder.stripe_customer_id}).id
    price = api.prices.list({"lookup_keys": ["pro-month"]}).data[0].id
    items = [{"price": price, "quantity": 1}]
    made = {"customer": holder.stripe_customer_id, "items": items, "default_payment_method": card}

    api.subscriptions.create(made)
    deliver_webhooks()

    assert (current(holder).plan_slug, current(holder).status) == ("pro", "active")
    assert CheckoutAttempt.objects.filter(holder=holder).exists()
    assert gate_is_open(owner_client, holder)


# Test mode and live mode -------------------------------------------------------------------------------


def test_a_subscription_of_the_other_mode_opens_nothing_and_ends_with_the_next_run(
    stripe, holder, owner_client
):
    """Left over from before the site went live, or come with a copy of the other site's database."""
    SubscriptionFactory(holder=holder, livemode=True, stripe_customer_id="cus_other_mode")
    type(holder).objects.filter(pk=holder.pk).update(stripe_customer_id="cus_other_mode")
    assert not gate_is_open(owner_client, holder)
    assert entitlements_for(holder).explain().data["because"] == "other_mode"

    tasks.sync_subscriptions()

    assert current(holder).status == "canceled"
    assert "/checkout/cs_" in choose(owner_client, holder, "pro")["Location"]
