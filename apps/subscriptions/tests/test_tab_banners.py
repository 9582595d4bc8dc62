"""What needs somebody's attention, said to those who can see to it, with the button that does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.dates import day_text, iso_day
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Comp
from apps.subscriptions.tab import subscription_view
from apps.subscriptions.tab.banners import Reader, banners_for, home_banner
from apps.subscriptions.tests.conftest import current, signed_in, value_of
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.subscriptions.tests.tab_story import api, read_back, text_of, words
from apps.teams.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def banners(holder, *, may_manage=True, members=1, **row):
    """The tab's banners by their title, for a row like this."""
    SubscriptionFactory(holder=holder, payment_method_id="pm_1", **row)
    return seen(holder, may_manage=may_manage, members=members)


def seen(holder, *, may_manage=True, members=1):
    view = subscription_view(entitlements_for(holder))
    return {banner.title: banner for banner in banners_for(view, Reader(holder, may_manage, members))}


def ahead(**time):
    return timezone.now() + timedelta(**time)


def test_nothing_is_said_when_nothing_is_to_do(holder):
    assert banners(holder) == {}


def test_past_due_names_the_last_day_and_the_days_left(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    row.status, row.past_due_since = "past_due", timezone.now() - timedelta(days=3, hours=1)
    row.save()
    page = owner_client.get(billing_url("tab", holder))

    text = words(page.content.decode())

    assert value_of(page, "past-due-banner") == iso_day(row.grace_until)
    assert f"The plan stays until {day_text(row.grace_until)} at the longest: 17 days left." in text
    assert "Update payment method" in text


def test_past_due_without_an_end_promises_no_day(holder, settings):
    settings.SUBSCRIPTION_GRACE_DAYS = None

    banner = banners(holder, past_due=True)["The last payment failed"]

    assert "until" not in banner.text
    assert banner.data_value == ""


def test_the_last_day_of_grace_counts_no_zero_days(holder):
    since = timezone.now() - timedelta(days=20, hours=20)

    banner = banners(holder, status="past_due", past_due_since=since)["The last payment failed"]

    assert "0 days" not in banner.text
    assert "The plan stays until" in banner.text


def test_after_the_days_of_grace_the_plan_is_said_to_be_off(holder):
    since = timezone.now() - timedelta(days=30)

    found = banners(holder, status="past_due", past_due_since=since)

    banner = found["The plan is off until the open invoice is paid"]
    assert (banner.testid, banner.tone) == ("past-due-banner", "danger")
    assert "stays until" not in banner.text


def test_no_word_for_too_long_is_no_reassurance(holder):
    soon = banners(holder, current_period_end=ahead(minutes=-5))["Confirming with Stripe"]
    holder.subscriptions.update(current_period_end=ahead(days=-40))
    late = seen(holder)["Confirming with Stripe"]

    assert "Nothing is lost" in soon.text
    assert "the plan is off" in late.text


@pytest.mark.team_holder
def test_members_are_told_quietly_whom_to_ask_and_get_no_buttons(stripe, holder, owner, buy):
    row = buy(holder, "starter")
    member = signed_in(MembershipFactory(team=holder).user)
    for status in ("past_due", "unpaid", "paused", "incomplete"):
        row.status = status
        row.save()
        page = member.get(billing_url("tab", holder))

        assert f"Ask {owner.name} to see to it." in words(page.content.decode()), status
        assert value_of(page, "past-due-banner") is None
        assert b"/subscription/portal/" not in page.content
        assert all(banner.button is None for banner in seen(holder, may_manage=False).values())


@pytest.mark.parametrize(
    ("status", "title", "label"),
    [
        ("unpaid", "The plan is off until the open invoice is paid", "Pay the invoice"),
        ("incomplete", "The first payment is not finished", "Finish the payment"),
        ("paused", "The trial is over and there is no card", "Add a card"),
    ],
)
def test_what_closes_the_plan_has_the_button_that_opens_it(holder, status, title, label):
    banner = banners(holder, status=status)[title]

    assert banner.button.label == label
    assert banner.button.url == billing_url("portal", holder)  # no invoice is known here
    assert banner.button.posts


def test_a_first_payment_is_finished_on_stripes_page_of_the_invoice(stripe, holder, owner_client, buy):
    first = buy(holder, "starter")
    api().subscriptions.cancel(first.stripe_id)
    again = api().subscriptions.create(
        {
            "customer": first.stripe_customer_id,
            "items": [{"price": first.price_id}],
            "payment_behavior": "default_incomplete",
        }
    )
    read_back(holder)
    assert current(holder).status == "incomplete"
    invoice = api().invoices.retrieve(again.latest_invoice)

    page = owner_client.get(billing_url("tab", holder)).content.decode()

    assert f'href="{invoice.hosted_invoice_url}"' in page
    assert "Finish the payment" in page


def test_a_change_that_waits_for_its_payment(holder):
    waiting = {"pending_plan_slug": "pro", "pending_interval": "year", "pending_until": ahead(hours=20)}

    assert "The change to Pro, yearly waits for your payment" in banners(
        holder, plan_slug="starter", **waiting
    )


def test_an_upgrade_the_bank_refused_leads_to_its_invoice_and_no_further(
    stripe, holder, owner_client, buy, deliver_webhooks
):
    row = buy(holder, "starter")
    card = api().payment_methods.attach("pm_card_chargeCustomerFail", {"customer": row.stripe_customer_id})
    api().customers.update(row.stripe_customer_id, {"invoice_settings": {"default_payment_method": card.id}})
    api().subscriptions.update(row.stripe_id, {"default_payment_method": card.id})
    deliver_webhooks()
    owner_client.post(billing_url("change", holder), {"plan": "starter", "interval": "year"})
    deliver_webhooks()
    invoice = api().invoices.retrieve(current(holder).latest_invoice_id)

    page = owner_client.get(billing_url("tab", holder)).content.decode()

    assert "Starter, monthly" in words(page)
    assert "The change to Starter, yearly waits for your payment" in words(page)
    assert f'href="{invoice.hosted_invoice_url}"' in page


def test_a_change_that_stripe_dropped_is_not_waited_for(holder):
    dropped = {"pending_plan_slug": "pro", "pending_until": ahead(hours=-1)}

    assert banners(holder, plan_slug="starter", **dropped) == {}


def test_a_change_at_the_renewal_can_be_taken_back(holder):
    at = ahead(days=20)

    found = banners(holder, next_plan_slug="starter", next_interval="month", next_change_at=at)

    banner = found[f"Changes to Starter, monthly on {day_text(at)}"]
    assert (banner.button.label, banner.button.url) == ("Keep Pro", billing_url("resume", holder))
    assert banner.button.posts


def test_payments_on_hold_say_until_when(holder):
    resumes = ahead(days=9)

    banner = banners(holder, collection_paused=True, collection_resumes_at=resumes)["Payments are on hold"]

    assert day_text(resumes) in banner.text


def test_more_people_than_the_plan_takes(holder):
    found = banners(holder, plan_slug="starter", members=4)

    banner = found["More people than the plan takes"]
    assert "Starter takes 3." in banner.text
    assert banner.button.url == billing_url("change", holder)
    assert "More people than the plan takes" not in seen(holder, members=3)


def test_a_second_live_subscription_is_ours_to_sort_out(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    assert "second subscription" not in text_of(owner_client, holder)

    SubscriptionFactory(holder=holder, is_current=False)

    assert "There is a second subscription" in text_of(owner_client, holder)


@pytest.mark.parametrize("days", [None, 30])
def test_a_plan_given_away_says_so_with_and_without_a_subscription(holder, owner_client, days):
    until = ahead(days=days) if days else None
    Comp.objects.create(holder=holder, plan_slug="pro", reason="friend", expires_at=until)

    text = text_of(owner_client, holder)

    assert "Pro is yours at no charge" in text
    assert (day_text(until) in text) if until else ("We have opened it for you." in text)
    assert "friend" not in text  # the reason is for our own people


class TestHome:
    """The same list feeds the home page, which shows the first."""

    def test_the_most_urgent_comes_first(self, holder):
        SubscriptionFactory(holder=holder, past_due=True, ends_at=ahead(days=3))
        view = subscription_view(entitlements_for(holder))

        assert home_banner(view, Reader(holder, may_manage=True)).title == "The last payment failed"

    def test_an_ending_plan_is_said_there_too(self, holder):
        row = SubscriptionFactory(holder=holder, ending=True)
        banner = home_banner(subscription_view(entitlements_for(holder)), Reader(holder, may_manage=False))

        assert banner.title == f"The plan ends on {day_text(row.ends_at)}"
        assert banner.button.url == billing_url("tab", holder)

    def test_without_a_subscription_there_is_none(self, holder):
        assert home_banner(None, Reader(holder, may_manage=True)) is None
