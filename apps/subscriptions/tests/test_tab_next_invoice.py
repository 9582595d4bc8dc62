"""The next invoice: asked for after the page has come, kept until something changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.dates import day_text
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import calls, current, signed_in
from apps.subscriptions.tests.tab_story import api, at_stripe, read_back, text_of, words
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "next-invoice"}


def previews(stripe) -> int:
    return len(calls(stripe, "POST", "/v1/invoices/create_preview"))


def fragment(client, holder) -> str:
    return client.get(billing_url("next_invoice", holder), headers=HTMX).content.decode()


def test_it_says_what_for_how_much_and_when(stripe, holder, owner_client, buy):
    buy(holder, "starter")

    text = words(fragment(owner_client, holder))

    due = day_text(current(holder).current_period_end)
    assert "1 × Starter (at $29.00 / month) $29.00" in text
    assert f"Due on {due} $29.00" in text


def test_the_tab_brings_a_link_for_those_without_javascript(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    url = billing_url("next_invoice", holder)

    tab = owner_client.get(billing_url("tab", holder)).content.decode()
    page = owner_client.get(url).content.decode()

    assert f'hx-get="{url}"' in tab
    assert f'<a href="{url}">' in tab
    assert "<title>Next invoice" in page
    assert "$29.00" in page


def test_stripe_is_asked_once_until_something_changes(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")

    fragment(owner_client, holder)
    fragment(owner_client, holder)
    assert previews(stripe) == 1

    coupon = api().coupons.create({"percent_off": 50, "duration": "forever"})
    api().subscriptions.update(row.stripe_id, {"discounts": [{"coupon": coupon.id}]})
    read_back(holder)
    text = words(fragment(owner_client, holder))

    assert previews(stripe) == 2
    assert "50% off -$14.50" in text
    assert "$14.50" in text


def test_tax_and_credit_stand_between_the_lines_and_the_sum(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    vat = api().tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
    api().subscriptions.update(row.stripe_id, {"default_tax_rates": [vat.id]})
    api().customers.balance_transactions.create(row.stripe_customer_id, {"amount": -500, "currency": "usd"})
    read_back(holder)

    text = words(fragment(owner_client, holder))

    assert "20% VAT $5.80" in text
    assert "From your balance -$5.00" in text
    assert "$29.80" in text


def test_tax_within_the_price_is_called_included(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    vat = api().tax_rates.create({"display_name": "VAT", "percentage": 16, "inclusive": True})
    api().subscriptions.update(row.stripe_id, {"default_tax_rates": [vat.id]})
    read_back(holder)

    text = words(fragment(owner_client, holder))

    assert "16% VAT, included $4.00 Due on" in text
    assert text.rpartition("Due on")[2].count("$29.00") == 1


def test_an_ending_plan_has_no_further_invoice_and_nobody_is_asked(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    at_stripe(stripe, holder, cancel_at_period_end=True)

    text = words(fragment(owner_client, holder))

    assert "No further invoice: the plan ends on" in text
    assert previews(stripe) == 0


@pytest.mark.parametrize("status", ["paused", "incomplete", "canceled", "word_of_tomorrow"])
def test_nothing_comes_of_what_does_not_go_on(stripe, holder, owner_client, buy, status):
    row = buy(holder, "starter")
    row.status = status
    row.save()

    assert "No further invoice." in words(fragment(owner_client, holder))
    assert previews(stripe) == 0


def test_when_stripe_says_that_none_comes_that_is_no_error(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    api().subscriptions.cancel(row.stripe_id)  # and the news of it is still on its way

    assert "No further invoice." in words(fragment(owner_client, holder))


def test_without_a_subscription_there_is_none(stripe, holder, owner_client):
    assert "No further invoice." in text_of(owner_client, holder, "next_invoice")


def test_stripe_away_is_said_and_can_be_tried_again(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    stripe.faults.add({"match": {"method": "POST", "path": "/v1/invoices/*"}, "times": 1, "status": 503})

    response = owner_client.get(billing_url("next_invoice", holder), headers=HTMX)

    assert response.status_code == 200
    assert "We cannot ask Stripe right now." in response.content.decode()
    assert f'href="{billing_url("next_invoice", holder)}"' in response.content.decode()
    assert "$29.00" in fragment(owner_client, holder)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("customer_tax_location_invalid", "Add it under Manage payment."),
        ("of_tomorrow", "Stripe cannot work out the next invoice at the moment."),
    ],
)
def test_a_refusal_says_what_to_do(stripe, holder, owner_client, buy, code, sentence):
    buy(holder, "starter")
    refusal = {"type": "invalid_request_error", "code": code, "message": "No."}
    stripe.faults.add(
        {"match": {"method": "POST", "path": "/v1/invoices/*"}, "times": 1, "status": 400, "error": refusal}
    )

    assert sentence in words(fragment(owner_client, holder))


def test_a_change_at_the_renewal_is_what_is_previewed(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    yearly = stripe.where("price", lookup_key="starter-year")[0]["id"]
    schedule = api().subscription_schedules.create({"from_subscription": row.stripe_id})
    now = schedule.phases[0]
    api().subscription_schedules.update(
        schedule.id,
        {
            "end_behavior": "release",
            "phases": [
                {
                    "items": [{"price": row.price_id, "quantity": 1}],
                    "start_date": now.start_date,
                    "end_date": now.end_date,
                },
                {"items": [{"price": yearly, "quantity": 1}]},
            ],
        },
    )
    row.schedule_id = schedule.id
    row.save()

    assert "$290.00" in fragment(owner_client, holder)


@pytest.mark.team_holder
def test_members_and_strangers_do_not_see_it(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    member = signed_in(MembershipFactory(team=holder).user)
    stranger = signed_in(UserFactory())

    assert member.get(billing_url("next_invoice", holder)).status_code == 403
    assert stranger.get(billing_url("next_invoice", holder)).status_code == 404
    assert previews(stripe) == 0


def test_visitors_sign_in_first(holder, client):
    assert client.get(billing_url("next_invoice", holder)).status_code == 302


def test_a_plan_that_ends_after_the_next_renewal_still_has_an_invoice(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    at_stripe(stripe, holder, cancel_at=int((timezone.now() + timedelta(days=80)).timestamp()))

    assert current(holder).ends_at is not None
    assert "$29.00" in fragment(owner_client, holder)
    assert "Show the next invoice" in text_of(owner_client, holder)
