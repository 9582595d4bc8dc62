"""What happens by itself as time passes."""

from datetime import UTC, datetime

import pytest

from stripe_sandbox.billing.amounts.billing_cycle import period_end, shifted
from stripe_sandbox.tests.shop import DAY, RENEWALS_FAIL


def test_a_renewal_is_drafted_for_an_hour_then_paid(shop):
    subscription = shop.buy()
    end = subscription["items"].data[0].current_period_end
    shop.world.advance(end - shop.world.wall_clock())

    drafted = shop.invoices(subscription)[0]
    shop.wait(1 / 24)
    paid = shop.invoices(subscription)[0]

    assert (drafted.status, drafted.billing_reason) == ("draft", "subscription_cycle")
    assert (paid.id, paid.status, paid.total) == (drafted.id, "paid", 6000)
    assert shop.subscription(subscription.id)["items"].data[0].current_period_start == end


def test_a_trial_is_announced_then_converts(shop):
    subscription = shop.buy(subscription_data={"trial_period_days": 14})

    shop.wait(11.1)
    announced = "customer.subscription.trial_will_end" in shop.events()
    shop.wait(3)

    assert announced
    assert shop.subscription(subscription.id).status == "active"
    assert [invoice.total for invoice in shop.invoices(subscription)] == [6000, 0]


def test_a_failed_renewal_is_tried_on_days_3_5_and_7_then_ends(shop):
    subscription = shop.buy(card=RENEWALS_FAIL)
    attempts = []

    for days in (31.2, 3, 2, 2):
        shop.wait(days)
        attempts.append(shop.invoices(subscription)[0].attempt_count)

    ended = shop.subscription(subscription.id)
    assert attempts == [1, 2, 3, 4]
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert shop.invoices(subscription)[0].status == "open"


@pytest.mark.parametrize("after", ["unpaid", "past_due"])
def test_the_account_decides_what_follows_the_last_retry(shop, control, after):
    control("POST", "settings", after_retries=after)
    subscription = shop.buy(card=RENEWALS_FAIL)

    shop.wait(40)

    assert shop.subscription(subscription.id).status == after


def test_a_new_card_heals_past_due_at_the_next_retry(api, shop):
    subscription = shop.buy(card=RENEWALS_FAIL)
    shop.wait(31.2)
    method = api.payment_methods.attach("pm_card_visa", {"customer": subscription.customer})
    api.subscriptions.update(subscription.id, {"default_payment_method": method.id})

    shop.wait(3)

    assert shop.subscription(subscription.id).status == "active"


def test_one_declined_renewal_recovers(shop):
    subscription = shop.buy()
    shop.world.decline_next_renewal(subscription.customer)

    shop.wait(31.2)
    behind = shop.subscription(subscription.id).status
    shop.wait(3)

    assert (behind, shop.subscription(subscription.id).status) == ("past_due", "active")


def test_many_months_pass_in_one_step(shop):
    subscription = shop.buy()

    shop.wait(100)

    periods = [
        (line.period.start, line.period.end) for i in shop.invoices(subscription) for line in i.lines.data
    ]
    assert len(periods) == 4
    assert [start for start, _ in periods[:-1]] == [end for _, end in periods[1:]]


def test_a_customer_on_a_test_clock_moves_alone(api, shop):
    other = shop.buy()
    start = shop.world.wall_clock()
    clock = api.test_helpers.test_clocks.create({"frozen_time": start})
    customer = shop.customer_with_card(test_clock=clock.id)
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    )

    moved = api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": start + 70 * DAY})

    assert moved.status == "ready"
    assert len(shop.invoices(subscription)) == 3
    assert len(shop.invoices(other)) == 1


def test_what_falls_due_at_one_moment_happens_in_the_order_it_was_made(shop):
    clock = shop.api.test_helpers.test_clocks.create({"frozen_time": shop.world.wall_clock()})
    customer = shop.customer_with_card(test_clock=clock.id)
    params = {"customer": customer.id, "items": [{"price": shop.price("starter-month")}]}
    made = [shop.api.subscriptions.create(params).id for _ in range(5)]

    shop.api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": clock.frozen_time + 32 * DAY})

    renewals = [
        invoice for invoice in shop.world.all("invoice") if invoice["billing_reason"] == "subscription_cycle"
    ]
    assert [invoice["parent"]["subscription_details"]["subscription"] for invoice in renewals] == made


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-01-31", 2, "2027-03-31"),
        ("2028-02-29", 12, "2029-02-28"),
    ],
)
def test_the_anchors_day_outlives_short_months(anchor, months, expected):
    def at(day: str) -> int:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())

    assert shifted(at(anchor), "month", months) == at(expected)


def test_periods_follow_the_anchor_for_years():
    anchor = int(datetime(2027, 1, 31, 10, tzinfo=UTC).timestamp())
    start, days = anchor, []

    for _ in range(24):
        start = period_end(anchor, start, "month", 1)
        days.append(datetime.fromtimestamp(start, UTC).day)

    assert days[:4] == [28, 31, 30, 31]
    assert days[12] == 29
