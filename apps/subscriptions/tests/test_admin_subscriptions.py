"""The lists of subscriptions and of plans given away: found, filtered, linked to Stripe, and cheap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.subscriptions.models import Comp, Subscription
from apps.subscriptions.tests.factories import SubscriptionFactory, make_holder
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/subscriptions/subscription/"


def found(client, query):
    """Stripe ids of the rows a list shows."""
    return sorted(row.stripe_id for row in client.get(LIST + query).context["cl"].result_list)


def test_each_filter_finds_what_it_says(staff):
    now = timezone.now()
    SubscriptionFactory(stripe_id="sub_active")
    SubscriptionFactory(stripe_id="sub_soon", trialing=True, trial_end=now + timedelta(days=2))
    SubscriptionFactory(stripe_id="sub_late", trialing=True)
    SubscriptionFactory(stripe_id="sub_due", past_due=True)
    SubscriptionFactory(stripe_id="sub_ending", ending=True)
    SubscriptionFactory(stripe_id="sub_gone", canceled=True)
    SubscriptionFactory(stripe_id="sub_retired", plan_slug="")
    SubscriptionFactory(stripe_id="sub_new_word", status="hibernating")
    SubscriptionFactory(stripe_id="sub_waits", schedule_id="sub_sched_1", interval="year")
    SubscriptionFactory(stripe_id="sub_unpaid_change", pending_plan_slug="pro", livemode=True)
    SubscriptionFactory(stripe_id="sub_holiday", collection_paused=True)
    SubscriptionFactory(stripe_id="sub_silent", current_period_end=now - timedelta(hours=3))
    one = SubscriptionFactory(stripe_id="sub_one")
    SubscriptionFactory(stripe_id="sub_two", holder=one.holder, is_current=False)

    assert found(staff, "?look_at=past-due") == ["sub_due"]
    assert found(staff, "?look_at=ending") == ["sub_ending"]
    assert found(staff, "?look_at=trial-ends") == ["sub_soon"]
    assert found(staff, "?look_at=changing") == ["sub_waits"]
    assert found(staff, "?look_at=waits") == ["sub_unpaid_change"]
    assert found(staff, "?look_at=paused") == ["sub_holiday"]
    assert found(staff, "?look_at=silent") == ["sub_silent"]
    assert found(staff, "?look_at=two-live") == ["sub_one", "sub_two"]
    assert found(staff, "?status=canceled") == ["sub_gone"]
    assert found(staff, "?status=other") == ["sub_new_word"]
    assert found(staff, "?plan=unknown") == ["sub_retired"]
    assert found(staff, "?plan=starter") == []
    assert found(staff, "?interval=year") == ["sub_waits"]
    assert found(staff, "?is_current__exact=0") == ["sub_two"]
    assert found(staff, "?livemode__exact=1") == ["sub_unpaid_change"]
    assert "sub_gone" not in found(staff, "?look_at=live")


@pytest.mark.parametrize(
    "query", ["?status=%27", "?plan=nonsense", "?look_at=%00", "?o=99", "?p=7", "?q=%00"]
)
def test_an_address_made_up_by_hand_is_no_error(staff, query):
    SubscriptionFactory()

    assert staff.get(LIST + query).status_code in (200, 302)


def test_a_subscription_is_found_by_its_holder_and_by_ids_at_stripe(staff):
    owner = UserFactory(email="ida@example.com", name="Ida Lovelace")
    holder = make_holder(owner)
    SubscriptionFactory(stripe_id="sub_hers", holder=holder, stripe_customer_id="cus_hers")
    SubscriptionFactory(stripe_id="sub_other")

    for words in ("ida@example.com", "cus_hers", "sub_hers", holder.name[:8]):
        assert found(staff, f"?q={words}") == ["sub_hers"], words


def test_the_list_asks_no_more_for_a_hundred_rows(staff):
    few = queries_of(staff, 3)
    many = queries_of(staff, 100)

    assert many == few
    assert many <= 8


def queries_of(client, count):
    SubscriptionFactory.create_batch(count - Subscription.objects.count())
    with CaptureQueriesContext(connection) as asked:
        assert len(client.get(LIST + "?all=").context["cl"].result_list) == count
    return len(asked)


@pytest.mark.parametrize(("livemode", "base"), [(False, "test/"), (True, "")])
def test_links_lead_to_the_mode_the_subscription_lives_in(staff, livemode, base):
    row = SubscriptionFactory(
        livemode=livemode, price_id="price_1", latest_invoice_id="in_1", schedule_id="sub_sched_1"
    )

    text = staff.get(reverse("admin:subscriptions_subscription_change", args=[row.pk])).content.decode()

    for page in (
        f"subscriptions/{row.stripe_id}",
        f"customers/{row.stripe_customer_id}",
        "prices/price_1",
        "invoices/in_1",
        "subscription_schedules/sub_sched_1",
    ):
        assert f'href="https://dashboard.stripe.com/{base}{page}"' in text


def test_dates_are_in_the_colleagues_own_time_zone(colleague, staff):
    colleague.time_zone = "Asia/Tokyo"
    colleague.save()
    row = SubscriptionFactory(
        past_due=True,
        current_period_end=datetime(2027, 1, 31, 23, 30, tzinfo=UTC),
        past_due_since=datetime(2027, 1, 10, 20, 0, tzinfo=UTC),
    )

    text = staff.get(reverse("admin:subscriptions_subscription_change", args=[row.pk])).content.decode()

    assert "Feb. 1, 2027, 8:30 a.m." in text
    assert "Feb. 1, 2027, 5 a.m." in text  # 21 days of grace after 11 January there


def test_a_plan_that_was_taken_out_is_said_in_words(staff):
    row = SubscriptionFactory(plan_slug="", price_id="price_unknown", quantity=None)

    text = staff.get(reverse("admin:subscriptions_subscription_change", args=[row.pk])).content.decode()

    assert "Unknown to ACTIVE_PRODUCTS" in text


def test_plans_given_away_are_listed_with_who_why_and_until_when(staff):
    soon = timezone.now() + timedelta(days=3)
    Comp.objects.create(holder=make_holder(), plan_slug="pro", reason="Open source", by_label="a@example.com")
    Comp.objects.create(holder=make_holder(), plan_slug="gone", reason="Old", ended_at=timezone.now())
    Comp.objects.create(
        holder=make_holder(), plan_slug="pro", reason="Expired", expires_at=soon - timedelta(days=9)
    )

    def reasons(query):
        rows = staff.get(f"/admin/subscriptions/comp/{query}").context["cl"].result_list
        return sorted(row.reason for row in rows)

    assert reasons("?state=open") == ["Open source"]
    assert reasons("?state=over") == ["Expired", "Old"]
    text = staff.get("/admin/subscriptions/comp/").content.decode()
    assert "a@example.com" in text
    assert "gone, no longer in ACTIVE_PRODUCTS" in text


def test_the_list_of_gifts_asks_no_more_for_more_of_them(staff, queries_of):
    def given():
        Comp.objects.create(holder=make_holder(), plan_slug="pro", reason="Friend")

    given()
    of_one = queries_of(lambda: staff.get("/admin/subscriptions/comp/"))
    for _n in range(20):
        given()

    assert queries_of(lambda: staff.get("/admin/subscriptions/comp/")) == of_one
