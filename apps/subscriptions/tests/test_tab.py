"""The tab says what is, in every state a subscription can be in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Status, Subscription
from apps.subscriptions.tests.conftest import calls, current, signed_in, value_of
from apps.subscriptions.tests.tab_story import api, at_stripe, read_back, text_of, words
from apps.teams.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

LABELS = {
    "trialing": "Trial",
    "active": "Active",
    "past_due": "Payment overdue",
    "unpaid": "Unpaid",
    "paused": "Paused",
    "incomplete": "Payment not finished",
    "incomplete_expired": "Payment never finished",
    "canceled": "Ended",
    "word_of_tomorrow": "Word of tomorrow",
}
OVER = ("incomplete_expired", "canceled")


def cancel(row: Subscription) -> None:
    row.ends_at = timezone.now() + timedelta(days=9)


def schedule(row: Subscription) -> None:
    row.schedule_id, row.next_plan_slug, row.next_interval = "sub_sched_1", "starter", "month"
    row.next_change_at = timezone.now() + timedelta(days=9)


def pause(row: Subscription) -> None:
    row.collection_paused = True


def metered(row: Subscription) -> None:
    row.quantity = None


def no_card(row: Subscription) -> None:
    row.payment_method_id = ""


def wait_for_payment(row: Subscription) -> None:
    row.pending_plan_slug, row.pending_interval = "pro", "year"
    row.pending_until = timezone.now() + timedelta(hours=20)


def leave(row: Subscription) -> None:
    """As it is."""


VARIANTS = {
    "as it is": (leave, ""),
    "cancel": (cancel, "The plan ends on"),
    "schedule": (schedule, "Changes to Starter, monthly on"),
    "pause": (pause, "Payments are on hold"),
    "metered": (metered, ""),
    "no card": (no_card, "None on file"),
    "pending": (wait_for_payment, "The change to Pro, yearly waits for your payment"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_state_has_its_words(stripe, holder, owner_client, buy, variant):
    vary, sentence = VARIANTS[variant]
    row = buy(holder, "pro")
    vary(row)

    for status, label in LABELS.items():
        stand(row, status)
        page = owner_client.get(billing_url("tab", holder))
        text = words(page.content.decode())

        assert page.status_code == 200, status
        assert value_of(page, "subscription-status") == status
        assert label in text
        assert "None seats" not in text, status
        assert not re.search(r"\b0 seats", text), status
        if status in OVER:
            assert "Choose a plan" in text
            assert value_of(page, "seat-count") is None
        else:
            assert value_of(page, "plan-name") == "pro"
            assert value_of(page, "seat-count") == (None if variant == "metered" else "1")
            assert sentence in text, status


def stand(row: Subscription, status: str) -> None:
    row.status = status
    row.trial_end = row.current_period_end if status == "trialing" else None
    row.save()


@pytest.mark.team_holder
def test_members_see_what_is_but_not_what_is_paid_with(stripe, holder, buy):
    row = buy(holder, "starter")
    member = signed_in(MembershipFactory(team=holder).user)

    for status, label in LABELS.items():
        stand(row, status)
        page = member.get(billing_url("tab", holder))
        text = words(page.content.decode())

        assert label in text
        assert "Visa" not in text, status
        assert "Invoices" not in text, status
        assert "Next invoice" not in text, status
        assert value_of(page, "past-due-banner") is None
        assert value_of(page, "open-portal") is None


def test_rendering_the_tab_asks_stripe_nothing(stripe, holder, owner_client, buy):
    buy(holder, "pro")
    before = len(stripe.requests.since(0))

    owner_client.get(billing_url("tab", holder))

    assert len(stripe.requests.since(0)) == before


def test_a_retired_plan_keeps_its_name_and_its_price(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    price = api().prices.update(row.price_id, {"active": False, "lookup_key": "retired"})
    read_back(holder)

    text = text_of(owner_client, holder)

    assert price.active is False
    assert "Starter, monthly" in text
    assert "$29.00 / month" in text


def test_a_product_we_do_not_know_has_its_name_at_stripe(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    product = api().products.create({"name": "Lunar special"})
    price = api().prices.create(
        {"product": product.id, "currency": "usd", "unit_amount": 4200, "recurring": {"interval": "month"}}
    )
    api().subscriptions.update(row.stripe_id, {"items": [{"id": row.plan_item_id, "price": price.id}]})
    read_back(holder)

    page = owner_client.get(billing_url("tab", holder))
    text = text_of(owner_client, holder)

    assert current(holder).plan_slug == ""
    assert value_of(page, "plan-name") == "Lunar special"
    assert "$42.00 / month" in text
    assert "not one of those on our pricing page" in text


def test_a_subscription_the_mirror_lost_still_has_a_page(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    Subscription.objects.filter(pk=row.pk).update(stripe_id="sub_unheard_of", price_id="price_unheard_of")

    text = text_of(owner_client, holder)

    assert "Starter, monthly" in text
    assert "Saved at Stripe" in text


@pytest.mark.parametrize(
    ("zone", "day", "iso"),
    [
        ("UTC", "31 January 2037", "2037-01-31"),
        ("America/Los_Angeles", "31 January 2037", "2037-01-31"),
        ("Asia/Tokyo", "1 February 2037", "2037-02-01"),
    ],
)
@pytest.mark.parametrize("process_zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_dates_are_those_of_the_reader_wherever_the_server_stands(
    stripe, holder, owner, owner_client, buy, monkeypatch, zone, day, iso, process_zone
):
    monkeypatch.setenv("TZ", process_zone)
    row = buy(holder, "starter")
    row.current_period_end = datetime(2037, 1, 31, 23, 30, tzinfo=UTC)
    row.save()
    owner.time_zone = zone
    owner.save()

    page = owner_client.get(billing_url("tab", holder))

    assert f"Renews on {day}" in text_of(owner_client, holder)
    assert value_of(page, "renewal-date") == iso


def test_a_period_that_is_not_paid_promises_no_renewal(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    stand(row, "past_due")

    page = owner_client.get(billing_url("tab", holder))

    assert value_of(page, "renewal-date") is None
    assert "An invoice is not paid yet. This period runs until" in words(page.content.decode())


def test_a_plan_whose_end_has_passed_is_over_before_stripe_says_so(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    row.ends_at = timezone.now() - timedelta(minutes=1)
    row.save()

    page = owner_client.get(billing_url("tab", holder))

    assert "The plan ended on" in words(page.content.decode())
    assert "Everything stays open" not in words(page.content.decode())
    assert value_of(page, "resume-plan") is None


def test_the_plan_can_be_changed_while_it_runs_and_not_while_it_ends(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    change = f'href="{billing_url("change", holder)}"'
    assert change in owner_client.get(billing_url("tab", holder)).content.decode()

    row.ends_at = row.current_period_end
    row.save()

    ending = owner_client.get(billing_url("tab", holder))
    assert change not in ending.content.decode()
    assert value_of(ending, "resume-plan") is not None


def test_no_call_was_made_for_a_page_of_a_status_of_tomorrow(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    at_stripe(stripe, holder, status="word_of_tomorrow")

    text = text_of(owner_client, holder)

    assert "Word of tomorrow" in text
    assert "Renews on" not in text
    assert calls(stripe, "POST", "/v1/invoices/create_preview") == []
    assert set(Status.values) < set(LABELS)


def test_a_page_that_is_older_than_the_purchase_is_loaded_anew(holder, owner_client, buy):
    """Somebody else bought meanwhile: the prices that the old page asks for are not shown any more."""
    buy(holder, "pro")

    answer = owner_client.get(
        billing_url("tab", holder), {"interval": "year"}, headers={"HX-Request": "true", "HX-Target": "plans"}
    )

    assert answer["HX-Refresh"] == "true"
