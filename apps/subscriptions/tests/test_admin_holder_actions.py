"""What staff do for a holder: confirmed, in the log, and never an error page."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import stripe as stripe_python

from apps.subscriptions import gateway, stripe_api, sync
from apps.subscriptions.admin.holder_actions import ACTIONS
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Comp, Subscription
from apps.subscriptions.tests.admin_holders import (
    action_page,
    confirm,
    holder_page,
    logged,
    mark_on,
    offered_on,
    said,
)
from apps.subscriptions.tests.conftest import current, gate_is_open

pytestmark = pytest.mark.django_db


def test_reading_back_from_stripe_mends_a_row_that_lies(holder, buy, staff):
    row = buy(holder, "starter")
    Subscription.objects.filter(pk=row.pk).update(status="past_due")

    answer = confirm(staff, holder, "sync")

    assert "Read back from Stripe" in said(answer)
    assert current(holder).status == "active"
    assert logged() == ["subscription.synced_by_staff"]


def test_setting_the_seats_tells_stripe_what_we_count(stripe, holder, buy, staff):
    row = buy(holder, "pro")
    stripe_api.subscriptions.set_quantity(row.plan_item_id, 7, proration_behavior="none")

    confirm(staff, holder, "push-quantity")

    (item,) = stripe.get(row.stripe_id)["items"]["data"]
    assert item["quantity"] == current(holder).quantity == holder.get_quantity()
    assert "subscription.quantity_pushed" in logged()


def test_while_a_change_waits_for_its_payment_the_seats_are_left_and_staff_are_told(
    stripe, holder, buy, owner_client, deliver_webhooks, staff
):
    row = buy(holder, "pro")
    stripe.advance(20 * 86400)
    deliver_webhooks()
    stripe.decline_next_renewal(row.stripe_customer_id, 9)
    owner_client.post(billing_url("change", holder), {"plan": "pro", "interval": "year"})
    assert current(holder).waits_for_payment

    answer = confirm(staff, holder, "push-quantity")

    assert "waits for its payment" in said(answer)
    assert current(holder).waits_for_payment
    assert "subscription.quantity_pushed" not in logged()


def test_cancelling_at_the_end_of_the_period_keeps_access_until_then(stripe, holder, buy, staff):
    row = buy(holder, "starter")

    answer = confirm(staff, holder, "cancel-at-period-end")

    assert "ends with the current period" in said(answer)
    assert current(holder).ends_at == row.current_period_end
    assert logged() == ["subscription.cancel_requested"]


def test_a_second_click_does_nothing_and_says_why(stripe, holder, buy, staff):
    buy(holder, "starter")
    confirm(staff, holder, "cancel-at-period-end")
    asked = len(stripe.requests.since(0))

    answer = confirm(staff, holder, "cancel-at-period-end")

    assert "ends already" in said(answer)
    assert len(stripe.requests.since(0)) == asked
    assert logged() == ["subscription.cancel_requested"]


def test_a_page_that_was_overtaken_changes_nothing(stripe, holder, buy, staff):
    buy(holder, "starter")

    answer = staff.post(
        action_page(holder, "cancel-at-period-end"), {"mark": "sub_of_yesterday=active"}, follow=True
    )

    assert "Something changed" in said(answer)
    assert current(holder).ends_at is None
    assert answer.redirect_chain[-1][0] == action_page(holder, "cancel-at-period-end")


def test_a_cancellation_is_taken_back(holder, buy, staff):
    buy(holder, "starter")
    confirm(staff, holder, "cancel-at-period-end")

    answer = confirm(staff, holder, "resume")

    assert "goes on" in said(answer)
    assert current(holder).ends_at is None


def test_cancelling_now_needs_a_tick_and_ends_access_at_once(holder, buy, staff, owner_client):
    buy(holder, "starter")

    unsure = confirm(staff, holder, "cancel-now")
    assert "This field is required" in unsure.content.decode()
    assert gate_is_open(owner_client, holder)

    confirm(staff, holder, "cancel-now", sure="on")
    assert current(holder).status == "canceled"
    assert not gate_is_open(owner_client, holder)
    assert logged() == ["subscription.cancelled_now"]

    again = confirm(staff, holder, "cancel-now", sure="on")
    assert "no subscription to cancel" in said(again)
    assert logged() == ["subscription.cancelled_now"]


def test_of_two_live_subscriptions_one_is_cancelled(stripe, holder, buy, staff):
    first = buy(holder, "starter")
    second = twin_of(first)
    sync.sync_customer(first.stripe_customer_id)

    page = staff.get(holder_page(holder)).content.decode()
    confirm(staff, holder, "cancel-now", sure="on", which=second)

    assert "Two subscriptions are live" in page
    assert current(holder).stripe_id == first.stripe_id
    assert Subscription.objects.get(stripe_id=first.stripe_id).status == "active"
    assert Subscription.objects.get(stripe_id=second).status == "canceled"


def twin_of(row):
    """A second subscription of the same customer, made by hand at Stripe."""
    api = stripe_python.StripeClient(gateway.secret_key(), base_addresses={"api": stripe_python.api_base}).v1
    return api.subscriptions.create(
        {
            "customer": row.stripe_customer_id,
            "items": [{"price": row.price_id, "quantity": 1}],
            "default_payment_method": row.payment_method_id,
        }
    ).id


def test_a_trial_is_made_longer_in_the_colleagues_own_time_zone(stripe, holder, buy, colleague, staff):
    colleague.time_zone = "Asia/Tokyo"
    colleague.save()
    row = buy(holder, "pro")
    day = (row.trial_end + timedelta(days=10)).astimezone(ZoneInfo("Asia/Tokyo")).replace(hour=9, minute=30)
    until = day.replace(second=0, microsecond=0)

    answer = confirm(staff, holder, "extend-trial", until=until.strftime("%Y-%m-%dT%H:%M"))

    assert "later" in said(answer)
    assert current(holder).trial_end == until
    assert stripe.get(row.stripe_id)["trial_end"] == until.timestamp()
    assert current(holder).status == "trialing"
    assert logged() == ["subscription.trial_extended"]


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("", "This field is required"),
        ("soon", "Enter a valid date/time"),
        ("2020-01-01T00:00", "Choose a time in the future"),
        ("0001-01-01T00:00", "Choose a time in the future"),
        ("9999-12-31T23:59", "two years at most"),
        ("99999-12-31T23:59", "Enter a valid date/time"),
    ],
)
def test_a_date_that_makes_no_sense_is_refused_with_words(stripe, holder, buy, staff, until, words):
    row = buy(holder, "pro")
    asked = len(stripe.requests.since(0))

    answer = confirm(staff, holder, "extend-trial", until=until)

    assert words in answer.content.decode()
    assert current(holder).trial_end == row.trial_end
    assert len(stripe.requests.since(0)) == asked


def test_a_trial_is_never_made_shorter(holder, buy, staff):
    row = buy(holder, "pro")
    sooner = (row.trial_end - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    answer = confirm(staff, holder, "extend-trial", until=sooner)

    assert "only be made longer" in said(answer)
    assert current(holder).trial_end == row.trial_end


def test_who_pays_already_has_no_trial_to_extend(holder, buy, staff):
    buy(holder, "starter")

    assert "no trial to extend" in said(confirm(staff, holder, "extend-trial", until="2099-01-01T00:00"))


def test_a_plan_is_given_away_and_taken_back(stripe, holder, staff, owner_client):
    confirm(staff, holder, "give-comp", plan="pro", reason="Our first customer")

    comp = Comp.objects.get()
    assert (comp.plan_slug, comp.by_label, comp.expires_at) == ("pro", "staff@example.com", None)
    assert gate_is_open(owner_client, holder)
    page = staff.get(holder_page(holder)).content.decode()
    assert "Our first customer" in page
    assert "end-comp" in offered_on(staff, holder_page(holder))

    confirm(staff, holder, "end-comp")
    assert not gate_is_open(owner_client, holder)
    assert logged() == ["comp.ended", "comp.given"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"plan": "platinum", "reason": "x"}, "Choose one from the list."),
        ({"plan": "free", "reason": "x"}, "Choose one from the list."),
        ({"plan": "pro", "reason": "  "}, "This field is required"),
        ({"plan": "pro", "reason": "x" * 256}, "at most 255 characters"),
        ({"plan": "pro", "reason": "x", "expires_at": "2020-01-01T00:00"}, "Choose a time in the future"),
    ],
)
def test_a_gift_that_makes_no_sense_is_refused_with_words(holder, staff, sent, words):
    answer = confirm(staff, holder, "give-comp", **sent)

    assert words in answer.content.decode()
    assert not Comp.objects.exists()


def test_a_gift_sent_twice_is_given_once(holder, staff):
    sent = {"mark": mark_on(staff, holder, "give-comp"), "plan": "pro", "reason": "Friend"}

    staff.post(action_page(holder, "give-comp"), sent)
    second = staff.post(action_page(holder, "give-comp"), sent, follow=True)

    assert "Something changed" in said(second)
    assert Comp.objects.count() == 1


def test_asking_changes_nothing(stripe, holder, buy, staff):
    buy(holder, "pro")
    asked = len(stripe.requests.since(0))

    answers = [staff.get(action_page(holder, action.name)).status_code for action in ACTIONS]

    assert set(answers) <= {200, 302}
    assert len(stripe.requests.since(0)) == asked
    assert logged() == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sync", {}),
        ("push-quantity", {}),
        ("extend-trial", {"until": "2099-01-01T00:00"}),
        ("cancel-at-period-end", {}),
        ("cancel-now", {"sure": "on"}),
    ],
)
def test_stripe_away_is_a_sentence_and_nothing_is_half_done(stripe, holder, buy, staff, name, data):
    row = buy(holder, "pro")
    if "until" in data:
        data = {"until": (row.trial_end + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")}
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    answer = confirm(staff, holder, name, **data)

    assert answer.status_code == 200
    assert "does not answer" in said(answer)
    assert current(holder).ends_at == row.ends_at
    assert logged() == []


def test_a_subscription_that_is_gone_at_stripe_is_a_sentence(stripe, holder, buy, staff):
    row = buy(holder, "starter")
    stripe.faults.add(
        {
            "match": {"path": f"/v1/subscriptions/{row.stripe_id}"},
            "times": None,
            "status": 404,
            "error": {
                "type": "invalid_request_error",
                "code": "resource_missing",
                "message": "No such subscription",
            },
        }
    )

    answer = confirm(staff, holder, "cancel-at-period-end")

    assert answer.status_code == 200
    assert "No such subscription" in said(answer)
