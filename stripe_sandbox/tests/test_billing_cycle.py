"""Periods keep their day through short months and leap years, and no month is billed twice."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox.billing.amounts.billing_cycle import period_end, shifted
from stripe_sandbox.tests.ledger import DAY, Books, examples

ANCHORS = st.datetimes(datetime(2023, 1, 1), datetime(2033, 12, 31)).map(  # noqa: DTZ001 - UTC is set below
    lambda moment: int(moment.replace(microsecond=0, tzinfo=UTC).timestamp())
)


def moment(year: int, month: int, day: int, hour: int = 9) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


def read(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def boundaries(anchor: int, interval: str, interval_count: int, how_many: int) -> list[int]:
    found = [anchor]
    for _ in range(how_many):
        found.append(period_end(anchor, found[-1], interval, interval_count))
    return found


@examples(200)
@given(anchor=ANCHORS, interval_count=st.integers(1, 6))
def test_months_keep_the_anchors_day_and_hour(anchor, interval_count):
    start = read(anchor)
    for number, at in enumerate(boundaries(anchor, "month", interval_count, 26)):
        found = read(at)
        months = start.year * 12 + start.month - 1 + number * interval_count
        last = calendar.monthrange(found.year, found.month)[1]
        assert (found.year * 12 + found.month - 1, found.day) == (months, min(start.day, last))
        assert found.time() == start.time()


@examples(200)
@given(anchor=ANCHORS)
def test_years_keep_the_anchors_date(anchor):
    start = read(anchor)
    for number, at in enumerate(boundaries(anchor, "year", 1, 9)):
        found = read(at)
        leap_day = (start.month, start.day) == (2, 29) and not calendar.isleap(found.year)
        expected = (start.year + number, start.month, 28 if leap_day else start.day)
        assert (found.year, found.month, found.day) == expected


@examples(200)
@given(anchor=ANCHORS, interval=st.sampled_from(("day", "week")), interval_count=st.integers(1, 5))
def test_days_and_weeks_are_even(anchor, interval, interval_count):
    length = {"day": 1, "week": 7}[interval] * interval_count * DAY
    assert boundaries(anchor, interval, interval_count, 10) == [anchor + length * n for n in range(11)]


@examples(200)
@given(
    anchor=ANCHORS,
    later=st.integers(0, 5 * 366 * DAY),
    interval=st.sampled_from(("day", "week", "month", "year")),
    interval_count=st.integers(1, 4),
)
def test_a_period_ends_at_the_first_boundary_that_follows(anchor, later, interval, interval_count):
    at = anchor + later
    end = period_end(anchor, at, interval, interval_count)
    steps = (shifted(anchor, interval, number * interval_count) for number in count())
    assert end == next(boundary for boundary in steps if boundary > at)


@pytest.mark.parametrize(
    ("began", "renewals"),
    [
        ((2027, 1, 31), ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        ((2028, 1, 31), ["2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]),
        ((2027, 12, 30), ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
    ],
    ids=["31 January", "31 January of a leap year", "30 December"],
)
def test_a_subscription_of_the_last_day_renews_once_a_month(began, renewals):
    books = Books()
    books.wait_until(moment(*began))
    books.subscribe([{"price": books.price(unit_amount=1000)}])

    books.wait(4 * 31 * DAY - 2 * DAY)

    cycles = [i for i in books.invoices() if i["billing_reason"] == "subscription_cycle"]
    assert [read(invoice["created"]).strftime("%Y-%m-%d") for invoice in cycles] == renewals
    assert {invoice["total"] for invoice in cycles} == {1000}


def test_a_year_from_the_leap_day_renews_on_the_last_of_february():
    books = Books()
    books.wait_until(moment(2028, 2, 29))
    year = books.price(unit_amount=10_000, recurring={"interval": "year"})
    books.subscribe([{"price": year}])

    books.wait_until(moment(2032, 3, 1))

    days = [read(invoice["created"]).strftime("%Y-%m-%d") for invoice in books.invoices()]
    assert days == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


@examples(25)
@given(began=st.integers(0, 400), quantity=st.integers(1, 5), months=st.integers(1, 14))
def test_every_month_is_billed_once_without_gaps(began, quantity, months):
    books = Books()
    books.wait(began * DAY)
    subscription = books.subscribe([{"price": books.price(unit_amount=100), "quantity": quantity}])
    for _ in range(months):
        books.run_over(subscription)

    periods = [invoice["lines"]["data"][0]["period"] for invoice in books.invoices()]
    assert len(periods) == months + 1
    assert all(one["end"] == next_one["start"] for one, next_one in pairwise(periods))
