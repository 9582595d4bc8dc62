"""The phases of a schedule: when they begin, and what they do on that day."""

from functools import partial

import pytest

from stripe_sandbox.tests.shop import DAY
from stripe_sandbox.tests.timetable import MONTHS, downgraded


@pytest.fixture
def downgrade(shop):
    return partial(downgraded, shop)


def test_a_future_start_begins_a_subscription_then(api, shop):
    customer = shop.customer_with_card()
    start = shop.world.wall_clock() + 10 * DAY
    schedule = api.subscription_schedules.create(
        {
            "customer": customer.id,
            "start_date": start,
            "end_behavior": "cancel",
            "phases": [
                {"items": [{"price": shop.price("pro-month"), "quantity": 2}], "duration": MONTHS},
                {"items": [{"price": shop.price("pro-month"), "quantity": 5}], "duration": MONTHS},
            ],
        }
    )
    scheduled = api.subscription_schedules.list({"customer": customer.id, "scheduled": True}).data

    shop.wait(10.1)
    begun = api.subscription_schedules.retrieve(schedule.id)
    subscription = shop.subscription(begun.subscription)
    shop.wait(31.2)

    assert (schedule.status, schedule.subscription) == ("not_started", None)
    assert [one.id for one in scheduled] == [schedule.id]
    assert (begun.status, subscription.start_date, subscription.status) == ("active", start, "active")
    assert subscription["items"].data[0].quantity == 2
    assert shop.subscription(subscription.id)["items"].data[0].quantity == 5
    assert [invoice.total for invoice in shop.invoices(subscription)] == [10000, 4000]


def test_the_first_invoice_of_a_schedule_is_a_draft_for_an_hour(api, shop):
    customer = shop.customer_with_card()

    schedule = api.subscription_schedules.create(
        {
            "customer": customer.id,
            "start_date": "now",
            "phases": [{"items": [{"price": shop.price("pro-month"), "quantity": 1}], "duration": MONTHS}],
        }
    )
    subscription = shop.subscription(schedule.subscription)
    drafted = api.invoices.retrieve(subscription.latest_invoice)
    shop.wait(0.1)

    assert (subscription.status, drafted.status) == ("active", "draft")
    assert api.invoices.retrieve(subscription.latest_invoice).status == "paid"


def test_a_refused_first_invoice_is_tried_again_like_a_renewal(api, shop):
    customer = shop.customer_with_card("pm_card_chargeCustomerFail")
    schedule = api.subscription_schedules.create(
        {
            "customer": customer.id,
            "start_date": "now",
            "phases": [{"items": [{"price": shop.price("pro-month"), "quantity": 1}], "duration": MONTHS}],
        }
    )

    shop.wait(0.1)

    assert shop.subscription(schedule.subscription).status == "past_due"


def test_a_phase_may_begin_in_the_middle_of_a_period(api, shop):
    subscription = shop.buy(quantity=2)
    schedule = api.subscription_schedules.create({"from_subscription": subscription.id})
    phase = schedule.phases[0]
    middle = (phase.start_date + phase.end_date) // 2
    price = phase["items"][0].price

    api.subscription_schedules.update(
        schedule.id,
        {
            "phases": [
                {
                    "start_date": phase.start_date,
                    "end_date": middle,
                    "items": [{"price": price, "quantity": 2}],
                },
                {
                    "end_date": phase.end_date,
                    "items": [{"price": price, "quantity": 4}],
                    "proration_behavior": "always_invoice",
                },
            ]
        },
    )
    shop.wait(20)

    found = shop.subscription(subscription.id)
    assert (found["items"].data[0].quantity, found["items"].data[0].id) == (
        4,
        subscription["items"].data[0].id,
    )
    assert shop.invoices(subscription)[0].total == 2000


def test_a_coupon_lasts_as_long_as_its_phase(api, shop):
    coupon = api.coupons.create({"percent_off": 50, "duration": "forever"})
    customer = shop.customer_with_card()
    items = [{"price": shop.price("pro-month"), "quantity": 1}]
    schedule = api.subscription_schedules.create(
        {
            "customer": customer.id,
            "start_date": "now",
            "phases": [
                {"items": items, "duration": MONTHS, "discounts": [{"coupon": coupon.id}]},
                {"items": items, "duration": MONTHS},
            ],
        }
    )

    shop.wait(32)

    subscription = shop.subscription(schedule.subscription)
    assert [invoice.total for invoice in shop.invoices(subscription)] == [2000, 1000]
    assert subscription.discounts == []


def test_a_phase_can_be_a_trial(api, shop):
    customer = shop.customer_with_card()
    items = [{"price": shop.price("pro-month"), "quantity": 1}]
    schedule = api.subscription_schedules.create(
        {
            "customer": customer.id,
            "start_date": "now",
            "phases": [
                {"items": items, "duration": {"interval": "week", "interval_count": 2}, "trial": True},
                {"items": items, "duration": MONTHS},
            ],
        }
    )
    subscription = shop.subscription(schedule.subscription)

    shop.wait(14.2)

    assert (subscription.status, subscription.trial_end) == ("trialing", schedule.phases[0].end_date)
    assert shop.subscription(subscription.id).status == "active"
    assert [invoice.total for invoice in shop.invoices(subscription)] == [2000, 0]


def test_from_month_to_year_at_the_renewal(api, shop):
    subscription = shop.buy("pro-month", quantity=1)
    schedule = api.subscription_schedules.create({"from_subscription": subscription.id})
    phase = schedule.phases[0]
    yearly = shop.price("pro-year")

    api.subscription_schedules.update(
        schedule.id,
        {
            "phases": [
                {
                    "start_date": phase.start_date,
                    "end_date": phase.end_date,
                    "items": [{"price": phase["items"][0].price, "quantity": 1}],
                },
                {"items": [{"price": yearly, "quantity": 1}]},
            ]
        },
    )
    shop.wait(31.2)

    found = shop.subscription(subscription.id)
    item = found["items"].data[0]
    assert (found.billing_cycle_anchor, item.current_period_start) == (phase.end_date, phase.end_date)
    assert 364 < (item.current_period_end - item.current_period_start) / DAY < 367
    assert shop.invoices(subscription)[0].total == 20000


def test_a_change_of_the_present_phase_happens_now(api, shop):
    subscription = shop.buy(quantity=1)
    schedule = api.subscription_schedules.create({"from_subscription": subscription.id})
    phase = schedule.phases[0]

    api.subscription_schedules.update(
        schedule.id,
        {
            "proration_behavior": "none",
            "phases": [
                {
                    "start_date": phase.start_date,
                    "end_date": phase.end_date,
                    "items": [{"price": phase["items"][0].price, "quantity": 9}],
                }
            ],
        },
    )

    assert shop.subscription(subscription.id)["items"].data[0].quantity == 9
    assert api.invoice_items.list({"pending": True, "customer": subscription.customer}).data == []


def test_seats_changed_by_hand_are_the_present_phases_from_then_on(downgrade, shop, api):
    subscription, schedule_id = downgrade()

    shop.seats(subscription, 8)

    schedule = api.subscription_schedules.retrieve(schedule_id)
    assert [phase["items"][0].quantity for phase in schedule.phases] == [8, 1]


def test_the_present_phase_can_end_now(downgrade, shop, api):
    subscription, schedule_id = downgrade()
    shop.wait(1)
    schedule = api.subscription_schedules.retrieve(schedule_id)
    first, second = (
        {"items": [{"price": phase["items"][0].price, "quantity": phase["items"][0].quantity}]}
        for phase in schedule.phases
    )

    api.subscription_schedules.update(
        schedule_id,
        {
            "phases": [
                {**first, "start_date": schedule.phases[0].start_date, "end_date": "now"},
                {**second, "duration": MONTHS},
            ]
        },
    )

    assert shop.subscription(subscription.id)["items"].data[0].price.lookup_key == "starter-month"
