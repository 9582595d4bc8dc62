"""What people cost, said before they are asked: to the cent what the invoice that follows says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.subscriptions.money import price_total
from apps.subscriptions.services.seats.preview import Kind, preview_seats
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
