"""What staff read about growth: who came, who pays, what it comes to a month, and where the two differ."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from djstripe.models import Price

from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.growth import report, write_snapshot
from apps.subscriptions.growth.differing import differing
from apps.subscriptions.growth.months import month_starts
from apps.subscriptions.growth.standing import Standing
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import Comp, RevenueSnapshot, Status, Subscription
from apps.subscriptions.tasks import note_revenue
from apps.subscriptions.tests.catalogue import sell, tiers
from apps.subscriptions.tests.factories import SubscriptionFactory, in_days, make_holder
from apps.teams.models import Team
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe")]
PAGE = "/admin/growth/"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def starter(interval: str = "month", **facts: Any) -> Subscription:
    """$29 a month, or $290 a year, whatever the number of people."""
    price = Price.objects.get(lookup_key=f"starter-{interval}").id
    return SubscriptionFactory(plan_slug="starter", interval=interval, price_id=price, **facts)


def paid(start: datetime, end: datetime | None = None, **facts: Any) -> Subscription:
    """Somebody who paid from then on, until that day."""
    over = {"status": Status.CANCELED, "ended_at": end, "ends_at": end, "is_current": False} if end else {}
    return starter(
        created=start, current_period_end=NOW + timedelta(days=5), current_period_start=NOW, **over, **facts
    )


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def month(found: Any, year: int, number: int) -> Any:
    return next(one for one in found.months if (one.start.year, one.start.month) == (year, number))


@pytest.fixture
def admin_page(client: Any) -> Any:
    sign_in(client, UserFactory(is_staff=True, is_superuser=True))
    return client


# Now --------------------------------------------------------------------------------------------------
def test_a_yearly_plan_counts_with_a_twelfth_and_nothing_is_lost_in_rounding() -> None:
    for _number in range(12):
        starter("year")
    starter("month")

    found = report(6)

    assert found.months[-1].monthly == {"usd": 29000 + 2900}  # twelve yearly ones are worth one a month
    assert [(line.plan_slug, line.paying, line.monthly) for line in found.plans] == [("starter", 13, 31900)]


def test_seats_count_with_all_their_tiers(stripe: Any) -> None:
    price = sell(stripe, "pro", **tiers((5, {"unit_amount": 2000}), ("inf", {"unit_amount": 1500})))
    SubscriptionFactory(price_id=price["id"], quantity=7)

    assert report(6).months[-1].monthly == {"usd": 5 * 2000 + 2 * 1500}
    assert report(6).plans[0].seats == 7


def test_a_price_of_every_three_months_counts_with_a_third(stripe: Any) -> None:
    price = sell(stripe, "pro", "month", unit_amount=3000, recurring={"interval_count": 3})
    SubscriptionFactory(price_id=price["id"])

    assert report(6).months[-1].monthly == {"usd": 1000}


def test_currencies_are_never_added_up(stripe: Any) -> None:
    options = {"currency_options": {"eur": {"unit_amount": 2500}}}
    price = sell(stripe, "pro", unit_amount=3000, **options)
    SubscriptionFactory(price_id=price["id"])
    SubscriptionFactory(price_id=price["id"], currency="eur")

    assert report(6).months[-1].monthly == {"eur": 2500, "usd": 3000}


SITUATIONS: dict[str, tuple[dict[str, Any], Standing]] = {
    "pays": ({}, Standing.PAID),
    "leaves at the end": ({"ends_at": in_days(20)}, Standing.PAID),
    "renewal unconfirmed": ({"current_period_end": in_days(-0.1)}, Standing.SILENT),
    "overdue": ({"status": Status.PAST_DUE, "past_due_since": in_days(-3)}, Standing.GRACE),
    "on trial": ({"status": Status.TRIALING, "trial_end": in_days(5)}, Standing.TRIAL),
    "collection paused": ({"collection_paused": True}, Standing.COLLECTION_PAUSED),
    "metered": ({"quantity": None}, Standing.NO_AMOUNT),
    "price unknown here": ({"price_id": "price_gone"}, Standing.NO_AMOUNT),
    "grace over": ({"status": Status.PAST_DUE, "past_due_since": in_days(-30)}, Standing.NO_ACCESS),
    "unpaid": ({"status": Status.UNPAID}, Standing.NO_ACCESS),
    "test mode": ({"livemode": True}, Standing.NO_ACCESS),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_how_payment_and_access_go_together(situation: str) -> None:
    facts, standing = SITUATIONS[situation]
    price = Price.objects.get(lookup_key="starter-month").id
    SubscriptionFactory(**{"plan_slug": "starter", "price_id": price, **facts})

    assert report(6).counts == {standing: 1}


def test_whoever_has_access_pays_or_is_listed_and_access_is_what_the_gates_say() -> None:
    price = Price.objects.get(lookup_key="starter-month").id
    for facts, _standing in SITUATIONS.values():
        SubscriptionFactory(**{"plan_slug": "starter", "price_id": price, **facts})
    starter("month", status=Status.CANCELED, ended_at=timezone.now(), ends_at=timezone.now())
    given = Comp.objects.create(holder=make_holder(), plan_slug="pro", reason="A friend")
    unpaid = Subscription.objects.get(status=Status.UNPAID)
    Comp.objects.create(holder=unpaid.holder, plan_slug="pro", reason="A friend in need")
    Comp.objects.create(holder=make_holder(), plan_slug="pro", reason="Over", expires_at=timezone.now())
    Comp.objects.create(holder=make_holder(), plan_slug="gone", reason="A plan nobody sells")

    found = report(6)

    holders = holder_model()._default_manager.all()
    with_access = {holder.pk for holder in holders if entitlements_for(holder).has_subscription}
    listed = {line.holder.pk: line.standing for line in differing(found)}
    paid = set(holders.values_list("pk", flat=True)) - set(listed)
    assert found.with_access == len(with_access)
    assert {pk for pk, standing in listed.items() if standing != Standing.NO_ACCESS} <= with_access
    assert not {pk for pk, standing in listed.items() if standing == Standing.NO_ACCESS} & with_access
    assert len(listed) == found.differing
    assert len(paid & with_access) == found.counts[Standing.PAID]
    assert listed[given.holder_id] == listed[unpaid.holder_id] == Standing.COMP
    assert found.paying == 4  # paid, leaving, unconfirmed, overdue
    assert found.counts[Standing.COMP] == 2


def test_nothing_sold_yet_is_a_page_all_the_same(admin_page: Any) -> None:
    page = admin_page.get(PAGE).content.decode()

    assert "Nobody pays yet." in page
    assert "Nobody has a plan yet." in page


# Months gone by ---------------------------------------------------------------------------------------
def test_months_end_and_begin_with_years() -> None:
    starts = month_starts(at(2027, 1, 15), 3)

    assert starts == [at(2026, 11, 1), at(2026, 12, 1), at(2027, 1, 1), at(2027, 2, 1)]


def test_months_before_are_estimated_from_starts_and_ends() -> None:
    with time_machine.travel(NOW, tick=False):
        paid(at(2026, 8, 10))
        paid(at(2026, 9, 10), end=at(2026, 10, 20))
        paid(at(2026, 9, 1), trial_start=at(2026, 9, 1), trial_end=at(2026, 10, 2))
        paid(at(2026, 9, 1), end=at(2026, 9, 15), trial_start=at(2026, 9, 1), trial_end=at(2026, 9, 15))

        found = report(6)

    august, september, october, november = (month(found, 2026, number) for number in (8, 9, 10, 11))
    assert [one.paying for one in (august, september, october, november)] == [1, 2, 2, 2]
    assert [one.began for one in (august, september, october)] == [1, 1, 1]
    assert [one.left for one in (august, september, october)] == [0, 0, 1]
    assert september.trials == 2
    assert september.monthly == {"usd": 5800}
    assert september.is_estimated
    assert not november.is_estimated
    assert november.is_running


def test_who_changes_to_another_subscription_neither_left_nor_began() -> None:
    with time_machine.travel(NOW, tick=False):
        first = paid(at(2026, 8, 10), end=at(2026, 9, 20))
        paid(at(2026, 9, 20), holder=first.holder)

        found = report(6)

    assert [(one.began, one.left, one.paying) for one in found.months[-3:]] == [(0, 0, 1)] * 3


def test_a_month_that_was_noted_is_told_as_it_was() -> None:
    row = paid(at(2026, 8, 10))
    with time_machine.travel(at(2026, 10, 31) + timedelta(hours=23), tick=False):
        Subscription.objects.update(current_period_end=at(2026, 12, 1))
        write_snapshot()
    Subscription.objects.filter(pk=row.pk).update(
        price_id=Price.objects.get(lookup_key="starter-year").id, interval="year"
    )

    with time_machine.travel(NOW, tick=False):
        found = report(6)

    assert month(found, 2026, 10).monthly == {"usd": 2900}
    assert not month(found, 2026, 10).is_estimated
    assert month(found, 2026, 9).monthly == {"usd": 2417}
    assert month(found, 2026, 9).is_estimated


def test_a_note_of_the_middle_of_a_month_is_none_of_its_end() -> None:
    RevenueSnapshot.objects.create(
        day=date(2026, 10, 10), plan_slug="starter", currency="usd", paying=9, monthly=1
    )
    with time_machine.travel(NOW, tick=False):
        assert month(report(6), 2026, 10).paying == 0


def test_a_day_is_noted_once_and_anew() -> None:
    row = starter()
    note_revenue()
    note_revenue()
    assert list(RevenueSnapshot.objects.values_list("plan_slug", "currency", "paying", "monthly")) == [
        ("starter", "usd", 1, 2900)
    ]

    Subscription.objects.filter(pk=row.pk).update(status=Status.UNPAID)
    note_revenue()

    assert list(RevenueSnapshot.objects.values_list("plan_slug", "paying", "monthly")) == [("", 0, 0)]


def test_new_people_teams_and_months_are_counted() -> None:
    with time_machine.travel(NOW, tick=False):
        CustomUser.objects.filter(pk=UserFactory().pk).update(date_joined=at(2026, 9, 30))
        CustomUser.objects.filter(pk=UserFactory().pk).update(date_joined=at(2026, 10, 1))
        team = Team.objects.create(name="Acme", slug="acme-growth")
        Team.objects.filter(pk=team.pk).update(created_at=at(2026, 10, 31))

        found = report(6)

    assert [month(found, 2026, number).people for number in (9, 10)] == [1, 1]
    assert month(found, 2026, 10).teams == 1


# The page ---------------------------------------------------------------------------------------------
def test_the_page_shows_the_numbers_and_leads_to_each_holder_that_differs(admin_page: Any) -> None:
    starter()
    trial = starter(status=Status.TRIALING, trial_end=timezone.now() + timedelta(days=5))

    page = admin_page.get(PAGE).content.decode()

    assert 'data-testid="growth-paying" data-value="1"' in page
    assert 'data-testid="growth-access" data-value="2"' in page
    assert "$29.00" in page
    assert f'href="/admin/subscriptions/explain/{trial.holder_id}/"' in page
    assert "Has access on trial; pays nothing yet" in page
    assert page.count("<svg viewBox") == 4


def test_each_picture_has_its_numbers_as_a_table(admin_page: Any) -> None:
    starter()

    charts = admin_page.get(f"{PAGE}?months=24").context["charts"]

    assert [chart.key for chart in charts] == ["people", "teams", "paying", "mrr-usd"]
    for chart in charts:
        assert len(chart.bars) == len(chart.table.rows) == 24
    assert charts[-1].table.rows[-1][1][1] == "$29.00"
    assert charts[-1].bars[-1].height == 170


@pytest.mark.parametrize("asked", ["0", "-1", "13", "x", "", "99999999999999999999"])
def test_any_other_number_of_months_is_a_year(admin_page: Any, asked: str) -> None:
    assert len(admin_page.get(f"{PAGE}?months={asked}").context["report"].months) == 12


def test_many_holders_cost_no_query_more(admin_page: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            admin_page.get(PAGE)
        return len(queries)

    starter(status=Status.TRIALING, trial_end=timezone.now() + timedelta(days=5))
    few = asked()
    for _number in range(60):
        starter(status=Status.TRIALING, trial_end=timezone.now() + timedelta(days=5))

    # Session and person, groups, prices, moves, who came, snapshots, comps, those that differ (two).
    assert asked() <= few <= 9


def test_only_staff_with_the_permission_see_it(client: Any) -> None:
    plain, given = UserFactory(is_staff=True), UserFactory(is_staff=True)
    given.user_permissions.add(Permission.objects.get(codename="view_revenuesnapshot"))

    for user, status in ((UserFactory(), 302), (plain, 403), (given, 200)):
        client.force_login(user)
        for path in ("", "months.csv", "differing.csv"):
            assert client.get(PAGE + path).status_code == status
    assert f'href="{PAGE}"' in client.get("/admin/").content.decode()


def test_the_numbers_are_taken_home(admin_page: Any) -> None:
    row = starter(status=Status.TRIALING, trial_end=timezone.now() + timedelta(days=5))
    starter()

    months = _rows(admin_page.get(f"{PAGE}months.csv?months=6"))
    listed = _rows(admin_page.get(f"{PAGE}differing.csv"))

    assert len(months) == 6
    assert (months[-1]["paying"], months[-1]["mrr_usd"], months[-1]["estimated"]) == ("1", "2900", "no")
    assert [(one["holder_id"], one["standing"]) for one in listed] == [(str(row.holder_id), "trial")]


def _rows(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
