"""The invoice history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from djstripe.models import Invoice

from apps.subscriptions.holders import billing_url
from apps.subscriptions.tab.invoices import invoice_page
from apps.subscriptions.tests.conftest import current
from apps.subscriptions.tests.tab_story import api, text_of, words

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)


def add_invoices(holder, count, **changes):
    """Old ones, a day apart, as the mirror keeps them."""
    invoice = Invoice.objects.filter(customer_id=current(holder).stripe_customer_id).first()
    for number in range(count):
        invoice.pk, invoice.id = None, f"in_{number:04}"
        invoice.created = START + timedelta(days=number)
        invoice.stripe_data = {
            **invoice.stripe_data,
            "id": invoice.id,
            "number": f"OLD-{number:04}",
            "created": int(invoice.created.timestamp()),
            **changes,
        }
        invoice.save(force_insert=True)


def numbers(page):
    return [line.number for line in page.lines]


def test_newest_first_twelve_a_page_with_all_of_them_reachable(stripe, holder, buy):
    buy(holder, "starter")
    add_invoices(holder, 29)

    pages = [invoice_page(holder, str(number)) for number in (1, 2, 3)]

    assert [len(page.lines) for page in pages] == [12, 12, 6]
    assert [page.has_older for page in pages] == [True, True, False]
    assert numbers(pages[0])[1:3] == ["OLD-0028", "OLD-0027"]
    assert numbers(pages[2])[-1] == "OLD-0000"


@pytest.mark.parametrize("number", ["", "0", "-1", "abc", "1e9", "٣x", "1\x00", None])
def test_a_page_that_makes_no_sense_is_the_first(stripe, holder, owner_client, buy, number):
    buy(holder, "starter")

    assert invoice_page(holder, number).number == 1
    assert owner_client.get(billing_url("tab", holder), {"invoices": number or ""}).status_code == 200


@pytest.mark.parametrize("number", ["99", "9" * 30])
def test_beyond_the_last_page_there_is_a_way_back(stripe, holder, owner_client, buy, number):
    buy(holder, "starter")

    text = text_of(owner_client, holder, invoices=number)

    assert "There are no older invoices." in text
    assert "Newer invoices" in text


def test_older_invoices_come_as_a_link_and_as_a_part_of_the_page(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    add_invoices(holder, 15)
    url = billing_url("tab", holder)

    whole = text_of(owner_client, holder, invoices=2)
    part = owner_client.get(
        url, {"invoices": 2}, headers={"HX-Request": "true", "HX-Target": "invoices"}
    ).content.decode()

    assert "OLD-0000" in whole
    assert "Starter, monthly" in whole
    assert "OLD-0000" in part
    assert "<html" not in part
    assert "Starter" not in words(part)


def test_each_has_its_page_and_its_pdf(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    invoice = Invoice.objects.get(customer_id=current(holder).stripe_customer_id).stripe_data

    page = owner_client.get(billing_url("tab", holder)).content.decode()

    assert f'href="{invoice["hosted_invoice_url"]}"' in page
    assert f'href="{invoice["invoice_pdf"]}"' in page


@pytest.mark.parametrize(
    ("changes", "status", "note", "pays"),
    [
        ({"status": "paid"}, "Paid", "", False),
        ({"status": "open", "amount_remaining": 2900, "attempt_count": 0}, "Open", "", True),
        ({"status": "open", "amount_remaining": 2900, "attempt_count": 2}, "Payment failed", "", True),
        ({"status": "open", "amount_remaining": 2900, "due_date": 1}, "Overdue", "", True),
        ({"status": "open", "amount_remaining": 900, "attempt_count": 0}, "Open", "$9.00 to pay", True),
        ({"status": "void"}, "Void", "", False),
        ({"status": "uncollectible"}, "Not collectable", "", False),
        ({"status": "of_tomorrow"}, "of_tomorrow", "", False),
        ({"status": "paid", "post_payment_credit_notes_amount": 1000}, "Paid", "$10.00 credited", False),
        ({"status": "open", "pre_payment_credit_notes_amount": 2900, "amount_remaining": 0}, "", "", False),
    ],
)
def test_status_and_what_is_left_to_do(stripe, holder, buy, changes, status, note, pays):
    buy(holder, "starter")
    add_invoices(holder, 1, **changes)

    line = invoice_page(holder).lines[-1]

    assert status in line.status
    assert note in line.note
    assert bool(line.pay_url) is pays


def test_amounts_are_in_the_currency_of_each(stripe, holder, buy):
    buy(holder, "starter")
    add_invoices(holder, 1, currency="jpy", total=4350)

    assert [line.total for line in invoice_page(holder).lines] == ["$29.00", "¥4,350"]


def test_drafts_are_nobodys_business_yet(stripe, holder, buy):
    buy(holder, "starter")
    add_invoices(holder, 3, status="draft")

    assert len(invoice_page(holder).lines) == 1


def test_invoices_stay_when_the_subscription_is_over(stripe, holder, owner_client, buy, deliver_webhooks):
    row = buy(holder, "starter")
    api().subscriptions.cancel(row.stripe_id)
    deliver_webhooks()

    text = text_of(owner_client, holder)

    assert "Choose a plan" in text
    assert "$29.00 View" in text
