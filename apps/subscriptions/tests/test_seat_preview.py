"""What people cost, said before they are asked: to the cent what the invoice that follows says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.subscriptions.holders import billing_url
from apps.subscriptions.money import price_total
from apps.subscriptions.services.seats.imagined import Imagined
from apps.subscriptions.services.seats.kinds import Kind
from apps.subscriptions.services.seats.preview import preview_seats
from apps.subscriptions.tests.catalogue import sell, tiers
from apps.subscriptions.tests.conftest import committed, current, invoices_of
from apps.teams.tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]
HOUR, DAY = 3600, 86400

PRICES: dict[str, dict[str, Any]] = {
    "per_unit": {"unit_amount": 20_00},
    "package": {"unit_amount": 50_00, "transform_quantity": {"divide_by": 2, "round": "up"}},
    "graduated": tiers((2, {"unit_amount": 20_00}), ("inf", {"unit_amount": 15_99, "flat_amount": 5_00})),
    "volume": tiers((2, {"unit_amount": 20_00}), ("inf", {"unit_amount": 9_99}), mode="volume"),
}


@pytest.fixture(autouse=True)
def _time_stands_still(time_machine):
    """A proration is of one second: preview and change have to meet in it."""
    time_machine.move_to(datetime(2026, 12, 3, 9, 30, tzinfo=UTC), tick=False)


@pytest.fixture
def on(stripe, holder, buy, deliver_webhooks):
    """A team of one on Pro at some price, its first paid period an hour and a half old."""

    def on(interval: str = "month", **price: Any) -> Any:
        made = sell(stripe, "pro", interval, **price)
        buy(holder, "pro", interval)
        move_to(stripe, current(holder).trial_end.timestamp() + 1.5 * HOUR)
        deliver_webhooks()
        assert current(holder).price_id == made["id"]
        return made

    return on


def move_to(stripe, moment: float) -> None:
    stripe.advance(int(moment) - stripe.wall_clock())


def at(stripe, holder, moment: str) -> None:
    row = current(holder)
    begins, ends = row.current_period_start.timestamp(), row.current_period_end.timestamp()
    moments = {
        "first day": stripe.wall_clock(),
        "mid-period": (begins + ends) // 2 + 777,
        "last day": ends - HOUR,
    }
    move_to(stripe, moments[moment])


def join(holder, count: int) -> None:
    """They accept, and Stripe is told."""
    with committed():
        MembershipFactory.create_batch(count, team=holder)


def renew(stripe, holder, deliver_webhooks) -> dict[str, Any]:
    """The invoice of the renewal, which has its own hour as a draft."""
    move_to(stripe, current(holder).current_period_end.timestamp() + 1.5 * HOUR)
    deliver_webhooks()
    return invoices_of(stripe, current(holder))[-1]


@pytest.mark.parametrize("moment", ["first day", "mid-period", "last day"])
@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("added", [1, 2])
def test_by_the_month_it_comes_with_the_next_invoice(
    stripe, holder, on, deliver_webhooks, price, moment, added
):
    made = on("month", **PRICES[price])
    at(stripe, holder, moment)
    invoices = len(invoices_of(stripe, current(holder)))

    shown = preview_seats(holder, added)
    join(holder, added)

    assert (shown.kind, shown.billed_today, shown.invoiced_now) == (Kind.PRICED, 0, False)
    assert len(invoices_of(stripe, current(holder))) == invoices
    assert shown.from_date == current(holder).current_period_end
    before = price_total(made, 1)
    assert renew(stripe, holder, deliver_webhooks)["total"] == before + shown.prorated + shown.more_per_period
    assert renew(stripe, holder, deliver_webhooks)["total"] == before + shown.more_per_period


@pytest.mark.parametrize("moment", ["first day", "mid-period", "last day"])
@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("added", [1, 2])
def test_by_the_year_it_is_charged_today(stripe, holder, on, deliver_webhooks, price, moment, added):
    made = on("year", **PRICES[price])
    at(stripe, holder, moment)
    invoices = len(invoices_of(stripe, current(holder)))

    shown = preview_seats(holder, added)
    join(holder, added)

    new = invoices_of(stripe, current(holder))[invoices:]
    assert sum(invoice["total"] for invoice in new) == shown.prorated
    assert sum(invoice["amount_due"] for invoice in new) == shown.billed_today
    assert shown.from_date == current(holder).current_period_end
    assert renew(stripe, holder, deliver_webhooks)["total"] == price_total(made, 1) + shown.more_per_period


# What else is on the bill ------------------------------------------------------------------------------


def discounted(api, **coupon: Any):
    def change(row) -> None:
        made = api.coupons.create(coupon)
        api.subscriptions.update(row.stripe_id, {"discounts": [{"coupon": made.id}]})

    return change


def taxed(api, *, inclusive: bool):
    def change(row) -> None:
        rate = {"display_name": "VAT", "percentage": 19, "inclusive": inclusive}
        api.subscriptions.update(row.stripe_id, {"default_tax_rates": [api.tax_rates.create(rate).id]})

    return change


def credited(api, amount: int):
    def change(row) -> None:
        api.customers.balance_transactions.create(
            row.stripe_customer_id, {"amount": -amount, "currency": "usd"}
        )

    return change


BESIDE = {
    "percent for ever": lambda api: discounted(api, percent_off=33.3, duration="forever"),
    "amount for ever": lambda api: discounted(api, amount_off=700, currency="usd", duration="forever"),
    "percent for months": lambda api: discounted(
        api, percent_off=50, duration="repeating", duration_in_months=40
    ),
    "tax on top": lambda api: taxed(api, inclusive=False),
    "tax inside": lambda api: taxed(api, inclusive=True),
    "credit": lambda api: credited(api, 9_00),
    "much credit": lambda api: credited(api, 5_000_00),
    "debt": lambda api: credited(api, -3_00),
}


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("interval", ["month", "year"])
def test_whatever_else_is_on_the_bill_the_figures_hold(
    stripe, holder, on, deliver_webhooks, api, interval, beside
):
    on(interval, unit_amount=19_99)
    BESIDE[beside](api)(current(holder))
    deliver_webhooks()
    at(stripe, holder, "mid-period")
    without = api.invoices.create_preview({"subscription": current(holder).stripe_id}).total
    invoices = len(invoices_of(stripe, current(holder)))

    shown = preview_seats(holder, 3)
    join(holder, 3)

    new = invoices_of(stripe, current(holder))[invoices:]
    assert sum(invoice["amount_due"] for invoice in new) == shown.billed_today
    on_the_next = 0 if interval == "year" else shown.prorated
    assert sum(invoice["total"] for invoice in new) == shown.prorated - on_the_next
    assert renew(stripe, holder, deliver_webhooks)["total"] == without + on_the_next + shown.more_per_period
    assert renew(stripe, holder, deliver_webhooks)["total"] == without + shown.more_per_period
    assert shown.has_tax == beside.startswith("tax")
    assert (shown.more_without_discount is None) == (beside != "percent for months")


def test_a_discount_that_counts_once_waits_for_the_renewal(stripe, holder, on, deliver_webhooks, api):
    on("year", unit_amount=20_00)
    discounted(api, percent_off=50, duration="once")(current(holder))
    deliver_webhooks()
    at(stripe, holder, "mid-period")

    shown = preview_seats(holder, 2)
    join(holder, 2)

    assert invoices_of(stripe, current(holder))[-1]["total"] == shown.prorated
    assert renew(stripe, holder, deliver_webhooks)["total"] == 10_00 + shown.more_per_period


def test_half_off_once_is_half_of_the_next_and_all_of_the_others(stripe, holder, on, deliver_webhooks, api):
    on("month", unit_amount=20_00)
    discounted(api, percent_off=50, duration="once")(current(holder))
    deliver_webhooks()

    shown = preview_seats(holder, 2)
    join(holder, 2)

    assert renew(stripe, holder, deliver_webhooks)["total"] == 10_00 + shown.prorated + shown.more_per_period
    assert shown.more_without_discount == 40_00
    assert renew(stripe, holder, deliver_webhooks)["total"] == 20_00 + 40_00


# When it is settled ------------------------------------------------------------------------------------


@pytest.mark.parametrize("interval", ["month", "year"])
def test_in_a_trial_nothing_is_due_until_it_ends(stripe, holder, buy, deliver_webhooks, interval):
    made = sell(stripe, "pro", interval, **PRICES["graduated"])
    row = buy(holder, "pro", interval)

    shown = preview_seats(holder, 3)
    join(holder, 3)

    assert (shown.is_trial, shown.billed_today, shown.prorated, shown.invoiced_now) == (True, 0, 0, False)
    assert shown.from_date == row.trial_end
    assert renew(stripe, holder, deliver_webhooks)["total"] == price_total(made, 1) + shown.more_per_period


@pytest.mark.parametrize("interval", ["month", "year"])
def test_with_prorations_off_it_begins_with_the_renewal(
    stripe, holder, on, deliver_webhooks, interval, settings
):
    settings.SEAT_PRORATION_BEHAVIOR = {"month": "none", "year": "none"}
    on(interval, unit_amount=20_00)
    at(stripe, holder, "mid-period")

    shown = preview_seats(holder, 2)
    join(holder, 2)

    assert (shown.billed_today, shown.prorated, shown.more_per_period) == (0, 0, 40_00)
    assert renew(stripe, holder, deliver_webhooks)["total"] == 60_00


@pytest.mark.parametrize("interval", ["month", "year"])
def test_a_plan_that_ends_has_no_next_period(stripe, holder, on, deliver_webhooks, owner_client, interval):
    on(interval, unit_amount=20_00)
    at(stripe, holder, "mid-period")
    owner_client.post(billing_url("cancel", holder))
    invoices = len(invoices_of(stripe, current(holder)))

    shown = preview_seats(holder, 2)
    join(holder, 2)
    renew(stripe, holder, deliver_webhooks)

    assert (shown.ends, shown.more_per_period) == (True, 0)
    assert shown.prorated > 0
    new = invoices_of(stripe, current(holder))[invoices:]
    assert sum(invoice["total"] for invoice in new) == shown.prorated
    assert shown.billed_today == (shown.prorated if interval == "year" else 0)


@pytest.mark.parametrize("plan", ["pro", "starter"])
def test_a_change_that_waits_for_the_renewal_sets_the_price_from_then_on(
    stripe, holder, on, deliver_webhooks, owner_client, plan
):
    on("year", unit_amount=400_00)
    at(stripe, holder, "mid-period")
    owner_client.post(billing_url("change", holder), {"plan": plan, "interval": "month"})
    invoices = len(invoices_of(stripe, current(holder)))

    shown = preview_seats(holder, 2)
    join(holder, 2)

    (now,) = invoices_of(stripe, current(holder))[invoices:]
    assert (now["total"], now["amount_due"]) == (shown.prorated, shown.billed_today)
    assert (shown.interval, shown.from_date) == ("month", current(holder).next_change_at)
    before = {"pro": 20_00, "starter": 29_00}[plan]
    assert shown.more_per_period == {"pro": 40_00, "starter": 0}[plan]
    assert renew(stripe, holder, deliver_webhooks)["total"] == before + shown.more_per_period


def test_from_a_flat_plan_to_seats_with_the_renewal(stripe, holder, buy, owner_client, deliver_webhooks):
    buy(holder, "starter", "year")
    owner_client.post(billing_url("change", holder), {"plan": "pro", "interval": "month"})
    before = len(stripe.requests.since(0))

    shown = preview_seats(holder, 1)

    assert len(stripe.requests.since(0)) == before
    join(holder, 1)
    assert (shown.billed_today, shown.prorated, shown.more_per_period) == (0, 0, 20_00)
    assert renew(stripe, holder, deliver_webhooks)["total"] == 20_00 + shown.more_per_period


@pytest.mark.parametrize("interval", ["month", "year"])
def test_what_others_cost_is_not_put_on_these_people(
    stripe, holder, on, deliver_webhooks, interval, settings
):
    """Earlier changes wait for the next invoice, and two who joined are not told to Stripe yet."""
    settings.SEAT_PRORATION_BEHAVIOR = {"month": "create_prorations", "year": "create_prorations"}
    on(interval, unit_amount=20_00)
    join(holder, 4)
    at(stripe, holder, "mid-period")
    settings.SEAT_PRORATION_BEHAVIOR = {"month": "create_prorations", "year": "always_invoice"}
    alone = preview_seats(holder, 1)

    MembershipFactory.create_batch(2, team=holder)
    beside = preview_seats(holder, 1)

    assert alone.more_per_period == beside.more_per_period == 20_00
    assert abs(alone.prorated - beside.prorated) <= 1  # each is the difference of two rounded amounts
    assert 9_50 < beside.prorated < 10_50
    assert (alone.seats_after, beside.seats_after) == (6, 8)


def test_what_waits_from_before_is_charged_today_with_them_but_not_called_theirs(
    stripe, holder, on, settings
):
    settings.SEAT_PRORATION_BEHAVIOR = {"year": "create_prorations"}
    on("year", unit_amount=200_00)
    join(holder, 1)
    settings.SEAT_PRORATION_BEHAVIOR = {"year": "always_invoice"}
    at(stripe, holder, "mid-period")

    shown = preview_seats(holder, 1)
    join(holder, 1)

    invoice = invoices_of(stripe, current(holder))[-1]
    assert (invoice["total"], invoice["amount_due"]) == (shown.billed_today, shown.billed_today)
    assert 99_00 < shown.prorated < 101_00
    assert shown.billed_today > 290_00


def test_who_joined_in_this_very_second_is_not_counted_again(stripe, holder, on):
    on("month", unit_amount=20_00)
    at(stripe, holder, "mid-period")
    join(holder, 1)

    shown = preview_seats(holder, 1)

    assert 9_50 < shown.prorated < 10_50
    assert shown.more_per_period == 20_00


def test_an_older_proration_is_known_by_its_date_where_stripe_shows_only_ten_lines():
    def line(amount: int, start: int) -> dict[str, Any]:
        about = {"proration": True, "invoice_item": f"ii_{start}", "subscription_item": "si_1"}
        period = {"start": start, "end": 900}
        return {"amount": amount, "period": period, "parent": {"subscription_item_details": about}}

    parent = {"subscription_details": {"subscription_proration_date": 300}}
    lines = {"data": [line(-10_00, 300), line(20_00, 300), line(7_00, 100)], "has_more": True}

    found = Imagined({"parent": parent, "lines": lines}, "si_1").prorations(besides=Imagined({}, "si_1"))

    assert [line["amount"] for line in found] == [-10_00, 20_00]


def test_from_free_to_paid_a_discount_is_taken_off(stripe, holder, on, deliver_webhooks, api):
    on("month", **tiers((1, {"unit_amount": 0}), ("inf", {"unit_amount": 20_00})))
    discounted(api, percent_off=25, duration="forever")(current(holder))
    deliver_webhooks()

    shown = preview_seats(holder, 1)
    join(holder, 1)
    deliver_webhooks()

    assert (shown.billed_today, shown.more_per_period) == (15_00, 15_00)
    assert renew(stripe, holder, deliver_webhooks)["total"] == shown.more_per_period


@pytest.mark.parametrize("interval", ["month", "year"])
def test_from_free_to_paid_a_period_begins_at_once(stripe, holder, on, deliver_webhooks, interval):
    on(interval, **tiers((1, {"unit_amount": 0}), ("inf", {"unit_amount": 20_00})))
    at(stripe, holder, "mid-period")

    shown = preview_seats(holder, 2)
    join(holder, 2)

    invoice = invoices_of(stripe, current(holder))[-1]
    deliver_webhooks()
    assert (shown.begins_anew, shown.billed_today) == (True, invoice["amount_due"])
    assert invoice["total"] == 40_00
    assert shown.from_date == current(holder).current_period_end
    assert renew(stripe, holder, deliver_webhooks)["total"] == shown.more_per_period


def test_while_a_payment_is_overdue_seats_cost_as_ever(stripe, holder, on, fail_renewal):
    on("month", unit_amount=20_00)
    fail_renewal(current(holder))

    shown = preview_seats(holder, 1)

    assert (current(holder).status, shown.is_overdue, shown.kind) == ("past_due", True, Kind.PRICED)
    assert shown.more_per_period == 20_00


def test_a_change_that_waits_for_its_payment_makes_seats_wait(stripe, holder, on, owner_client):
    on("month", unit_amount=20_00)
    stripe.decline_next_renewal(current(holder).stripe_customer_id)
    owner_client.post(billing_url("change", holder), {"plan": "pro", "interval": "year"})

    assert preview_seats(holder, 1).kind == Kind.WAITS
