"""On which days a subscription is billed: anchors, backdating, short months, leap years, changed clocks."""

from datetime import UTC, datetime

import pytest
import stripe

from stripe_sandbox.tests.shop import DAY


def at(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def date(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")


@pytest.fixture
def on_clock(api, shop):
    """A customer whose time stands at a day of ours, and what moves it."""

    def make(day: str, lookup_key: str = "starter-month", **params):
        clock = api.test_helpers.test_clocks.create({"frozen_time": at(day)})
        customer = shop.customer_with_card(test_clock=clock.id)
        items = [{"price": shop.price(lookup_key)}]
        subscription = api.subscriptions.create({"customer": customer.id, "items": items, **params})
        return subscription, lambda until: api.test_helpers.test_clocks.advance(
            clock.id, {"frozen_time": at(until)}
        )

    return make


def paid_periods(shop, subscription):
    """Start and end of what each invoice bills, oldest first."""
    lines = [line for invoice in reversed(shop.invoices(subscription)) for line in invoice.lines.data]
    return [(date(line.period.start), date(line.period.end)) for line in lines]


def test_the_31st_is_kept_through_short_months(on_clock, shop):
    subscription, move = on_clock("2027-01-31 10:00")

    move("2027-06-01")

    ends = [end for _, end in paid_periods(shop, subscription)]
    assert [end[:10] for end in ends] == [
        "2027-02-28",
        "2027-03-31",
        "2027-04-30",
        "2027-05-31",
        "2027-06-30",
    ]
    assert {end[11:] for end in ends} == {"10:00"}
    assert {invoice.total for invoice in shop.invoices(subscription)} == {2900}


def test_february_has_29_days_in_a_leap_year(on_clock, shop):
    subscription, move = on_clock("2028-01-31 10:00")

    move("2028-03-15")

    assert [end[:10] for _, end in paid_periods(shop, subscription)] == ["2028-02-29", "2028-03-31"]


def test_a_year_from_the_29th_of_february(on_clock, shop):
    subscription, move = on_clock("2028-02-29 10:00", "starter-year")

    move("2032-03-15")

    ends = [end[:10] for _, end in paid_periods(shop, subscription)]
    assert ends == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28"]


def test_renewals_stay_on_utc_when_clocks_change(on_clock, shop):
    subscription, move = on_clock("2027-03-20 22:30")

    move("2027-12-01")

    assert {end[11:] for _, end in paid_periods(shop, subscription)} == {"22:30"}


@pytest.mark.parametrize(("interval", "days"), [("week", 7), ("day", 1)])
def test_short_intervals_renew_as_well(api, shop, interval, days):
    product = api.products.create({"name": "Pass"})
    price = api.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 300,
            "recurring": {"interval": interval},
        }
    ).id
    customer = shop.customer_with_card()
    subscription = api.subscriptions.create({"customer": customer.id, "items": [{"price": price}]})

    shop.wait(3 * days + 0.1)

    item = shop.subscription(subscription.id)["items"].data[0]
    assert item.current_period_start == subscription.created + 3 * days * DAY
    assert [invoice.total for invoice in shop.invoices(subscription)] == [300] * 4


def test_an_anchor_makes_a_short_first_period(on_clock, shop):
    subscription, move = on_clock("2027-05-16 00:00", billing_cycle_anchor=at("2027-06-01"))

    move("2027-07-02")

    first, second, third = reversed(shop.invoices(subscription))
    assert first.total == round(2900 * 16 / 31)
    assert (second.total, third.total) == (2900, 2900)
    assert [end[:10] for _, end in paid_periods(shop, subscription)] == [
        "2027-06-01",
        "2027-07-01",
        "2027-08-01",
    ]


def test_without_proration_the_short_period_is_free(on_clock, shop):
    subscription, move = on_clock(
        "2027-05-16 00:00", billing_cycle_anchor=at("2027-06-01"), proration_behavior="none"
    )
    shop.seats(subscription, 3, proration_behavior="always_invoice")

    move("2027-06-02")

    assert [invoice.total for invoice in shop.invoices(subscription)] == [
        8700,
        round(2900 * 3 * 16 / 31),
        0,
    ]


def test_seats_in_a_short_period_cost_their_days(on_clock, shop):
    subscription, _ = on_clock("2027-05-16 00:00", billing_cycle_anchor=at("2027-06-01"))

    shop.seats(subscription, 2, proration_behavior="always_invoice")

    assert shop.invoices(subscription)[0].total == pytest.approx(2900 * 16 / 31, abs=1)


def test_the_anchor_can_be_a_day_of_the_month(on_clock, shop):
    config = {"day_of_month": 31, "hour": 0, "minute": 0, "second": 0}
    subscription, move = on_clock("2027-02-10 00:00", billing_cycle_anchor_config=config)

    move("2027-05-01")

    assert subscription.billing_cycle_anchor_config.day_of_month == 31
    assert [end[:10] for _, end in paid_periods(shop, subscription)] == [
        "2027-02-28",
        "2027-03-31",
        "2027-04-30",
        "2027-05-31",
    ]


def test_a_backdated_start_bills_each_month_since(on_clock, shop):
    subscription, _ = on_clock(
        "2027-03-10 00:00",
        backdate_start_date=at("2027-01-16"),
        billing_cycle_anchor=at("2027-04-01"),
    )

    lines = shop.invoices(subscription)[0].lines.data
    assert date(subscription.start_date) == "2027-01-16 00:00"
    assert [line.amount for line in lines] == [round(2900 * 16 / 31), 2900, 2900]
    assert date(subscription["items"].data[0].current_period_start) == "2027-03-01 00:00"


def test_backdating_without_proration_bills_only_from_now(on_clock, shop):
    subscription, _ = on_clock(
        "2027-03-10 00:00", backdate_start_date=at("2027-01-10"), proration_behavior="none"
    )

    assert shop.invoices(subscription)[0].total == 2900
    assert date(subscription.start_date) == "2027-01-10 00:00"


def test_an_anchor_after_a_trial_bills_the_days_between(on_clock, shop):
    subscription, move = on_clock(
        "2027-05-01 00:00", trial_end=at("2027-05-16"), billing_cycle_anchor=at("2027-06-01")
    )

    move("2027-06-02")

    assert subscription.status == "trialing"
    assert [invoice.total for invoice in shop.invoices(subscription)] == [2900, round(2900 * 16 / 31), 0]


def test_the_anchor_can_be_set_to_now(api, shop):
    subscription = shop.buy(quantity=3)
    shop.wait(15)
    now = shop.world.wall_clock()

    moved = api.subscriptions.update(subscription.id, {"billing_cycle_anchor": "now"})
    kept = api.subscriptions.update(subscription.id, {"billing_cycle_anchor": "unchanged"})

    invoice = shop.invoices(subscription)[0]
    assert moved.billing_cycle_anchor == pytest.approx(now, abs=5)
    assert kept.billing_cycle_anchor == moved.billing_cycle_anchor
    assert invoice.lines.data[-1].amount == 6000
    assert -3200 < invoice.total - 6000 < -2800


def test_from_free_to_paid_begins_a_new_period(api, shop):
    product = api.products.create({"name": "Plan"})
    free, paid = (
        api.prices.create(
            {
                "product": product.id,
                "currency": "usd",
                "unit_amount": amount,
                "recurring": {"interval": "month"},
            }
        ).id
        for amount in (0, 1500)
    )
    customer = shop.customer_with_card()
    subscription = api.subscriptions.create({"customer": customer.id, "items": [{"price": free}]})
    shop.wait(10)
    item = subscription["items"].data[0].id

    changed = api.subscriptions.update(subscription.id, {"items": [{"id": item, "price": paid}]})

    assert shop.invoices(subscription)[0].total == 1500
    assert changed.billing_cycle_anchor > subscription.billing_cycle_anchor


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"billing_cycle_anchor": 1000}, "billing_cycle_anchor"),
        ({"billing_cycle_anchor": 4102444800}, "billing_cycle_anchor"),
        ({"backdate_start_date": 4102444800}, "backdate_start_date"),
        ({"billing_cycle_anchor_config": {"day_of_month": 32}}, "billing_cycle_anchor_config[day_of_month]"),
        ({"billing_cycle_anchor_config": {"hour": 3}}, "billing_cycle_anchor_config[day_of_month]"),
        ({"proration_behavior": "sometimes"}, "proration_behavior"),
    ],
)
def test_dates_that_cannot_be_are_refused(api, shop, params, param):
    wanted = {"customer": shop.customer_with_card().id, "items": [{"price": shop.price("pro-month")}]}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.create({**wanted, **params})

    assert (refused.value.http_status, refused.value.param) == (400, param)


def test_a_proration_is_dated_within_the_period(shop):
    subscription = shop.buy(quantity=3)
    outside = shop.world.wall_clock() + 90 * DAY

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.seats(subscription, 4, proration_date=outside)

    assert refused.value.param == "proration_date"
