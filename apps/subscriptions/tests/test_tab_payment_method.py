"""How the next invoice is paid, in words, and the warnings before that fails."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from apps.core.dates import day_text
from apps.subscriptions.models import Subscription
from apps.subscriptions.tab.facts import Facts
from apps.subscriptions.tab.payment_method import payment_method_view
from apps.subscriptions.tests.tab_story import api, read_back, text_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
IN_A_MONTH, IN_A_YEAR = datetime(2026, 12, 20, tzinfo=UTC), datetime(2027, 11, 20, tzinfo=UTC)


def view_of(payment_method, *, next_charge=IN_A_MONTH, row=None, **subscription):
    facts = Facts(subscription=subscription, payment_method=payment_method)
    return payment_method_view(row or Subscription(), facts, next_charge=next_charge)


def card(month=12, year=2030, **details):
    return {
        "type": "card",
        "card": {"brand": "visa", "last4": "4242", "exp_month": month, "exp_year": year, **details},
    }


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (card(), "Visa ending in 4242"),
        (card(brand="amex"), "American Express ending in 4242"),
        (card(display_brand="cartes_bancaires"), "Cartes Bancaires ending in 4242"),
        (card(brand="unknown"), "Card ending in 4242"),
        (card(wallet={"type": "apple_pay"}), "Visa ending in 4242 (Apple Pay)"),
        ({"type": "link", "link": {"email": "ann@example.com"}}, "Link ann@example.com"),
        ({"type": "link", "link": {"email": None}}, "Link"),
        ({"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}, "SEPA Direct Debit ending in 3000"),
        (
            {
                "type": "us_bank_account",
                "us_bank_account": {"bank_name": "STRIPE TEST BANK", "last4": "6789"},
            },
            "STRIPE TEST BANK ending in 6789",
        ),
        ({"type": "paypal", "paypal": {}}, "PayPal"),
        ({"type": "coins_of_tomorrow"}, "Coins of tomorrow"),
        ({}, "Card"),
    ],
)
def test_every_kind_has_a_name(data, label):
    view = view_of(data)

    assert view.label == label
    assert not view.is_missing


@pytest.mark.parametrize(
    ("month", "year", "next_charge", "is_expired", "warning"),
    [
        (10, 2026, IN_A_MONTH, True, "has expired"),
        (11, 2026, IN_A_MONTH, False, "before the next payment"),  # good until the 30th
        (11, 2026, None, False, "expires soon"),
        (12, 2026, IN_A_MONTH, False, ""),  # good for the charge, and for longer than 30 days
        (6, 2027, IN_A_YEAR, False, "before the next payment"),
        (11, 2027, IN_A_YEAR, False, ""),
        (12, 2099, None, False, ""),
    ],
)
@time_machine.travel(NOW)
def test_a_card_that_will_not_do_is_noticed_in_time(month, year, next_charge, is_expired, warning):
    view = view_of(card(month, year), next_charge=next_charge)

    assert view.expires == f"{month:02}/{year % 100:02}"
    assert view.is_expired is is_expired
    assert (warning in view.warning) if warning else (view.warning == "")


def test_none_on_file_is_not_the_same_as_one_we_cannot_see():
    assert view_of(None).is_missing
    assert view_of(None, row=Subscription(payment_method_id="pm_1")).label == "Saved at Stripe"
    assert view_of(None, default_source="card_1").label == "Saved at Stripe"


def test_who_pays_by_invoice_needs_no_card():
    by_invoice = view_of(None, collection_method="send_invoice", days_until_due=30)

    assert by_invoice.label == "By invoice, due within 30 days"
    assert not by_invoice.is_missing


@pytest.mark.django_db
def test_a_trial_without_a_card_says_until_when_one_is_needed(stripe, holder, owner_client, buy):
    row = buy(holder, "pro")
    api().payment_methods.detach(row.payment_method_id)
    read_back(holder)

    text = text_of(owner_client, holder)

    assert f"Add a card before {day_text(row.trial_end)}" in text
    assert "None on file" in text


@pytest.mark.django_db
def test_an_expired_card_shows_on_the_tab_with_the_way_to_change_it(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    with stripe:
        old = stripe.get(row.payment_method_id)
        stripe.update(old, card={**old["card"], "exp_month": 1, "exp_year": 2026}, _by_hand=True)
    read_back(holder)

    text = text_of(owner_client, holder)

    assert "expired 01/26" in text
    assert "This card has expired. Add another before the next payment. Change the card" in text
