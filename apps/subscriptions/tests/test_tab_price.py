"""What the tab says of the price: discounts, tax, add-ons, other currencies, use."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from apps.core.dates import day_text
from apps.subscriptions.holders import billing_url
from apps.subscriptions.stripe_values import moment_of
from apps.subscriptions.tests.catalogue import sell
from apps.subscriptions.tests.conftest import choose, current, open_session, value_of
from apps.subscriptions.tests.tab_story import api, at_stripe, read_back, text_of

pytestmark = pytest.mark.django_db

METERED = {"usage_type": "metered", "meter": "mtr_test_1"}


def discount_by(holder, **coupon):
    made = api().coupons.create(coupon)
    api().subscriptions.update(current(holder).stripe_id, {"discounts": [{"coupon": made.id}]})
    read_back(holder)


def price_of(product_name: str, **params):
    product = api().products.create({"name": product_name})
    month = {"interval": "month"} | params.pop("recurring", {})
    return api().prices.create({"product": product.id, "currency": "usd", "recurring": month, **params})


def test_without_a_discount_the_price_is_what_it_is(holder, owner_client, buy):
    buy(holder, "starter", "year")

    assert "$290.00 / year One price" in text_of(owner_client, holder)


def test_a_share_off_for_ever(holder, owner_client, buy):
    buy(holder, "starter")

    discount_by(holder, percent_off=12.5, duration="forever", name="Friends")

    text = text_of(owner_client, holder)
    assert "$25.37 / month" in text
    assert "12.5% off (Friends), $29.00 / month without it" in text


def test_a_code_for_some_months_says_until_when(stripe, holder, owner_client, deliver_webhooks):
    coupon = api().coupons.create({"percent_off": 20, "duration": "repeating", "duration_in_months": 3})
    code = api().promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "LAUNCH"}
    )
    choose(owner_client, holder, "starter")
    stripe.complete_checkout(open_session(holder), promotion_code=code.code)
    deliver_webhooks()

    text = text_of(owner_client, holder)

    assert "$23.20 / month" in text
    (discount,) = stripe.get(current(holder).stripe_id)["discounts"]
    last_day = day_text(moment_of(stripe.get(discount)["end"]))
    assert f"20% off until {last_day} (LAUNCH)" in text


def test_once_is_the_next_invoice_alone(holder, owner_client, buy):
    buy(holder, "starter")

    discount_by(holder, amount_off=1000, currency="usd", duration="once")

    text = text_of(owner_client, holder)
    assert "$29.00 / month" in text
    assert "$10.00 off the next invoice" in text
    assert "without it" not in text


def test_all_of_it_off_is_a_true_zero(holder, owner_client, buy):
    buy(holder, "starter")

    discount_by(holder, percent_off=100, duration="forever")

    assert "$0.00 / month" in text_of(owner_client, holder)
    assert "100% off" in text_of(owner_client, holder)


def test_more_off_than_there_is_stops_at_zero(holder, owner_client, buy):
    buy(holder, "starter")

    discount_by(holder, amount_off=5000, currency="usd", duration="forever")

    assert "$0.00 / month" in text_of(owner_client, holder)


def test_two_discounts_are_taken_off_one_after_the_other_as_stripe_does(holder, owner_client, buy):
    row = buy(holder, "starter")
    half = api().coupons.create({"percent_off": 50, "duration": "forever"})
    two = api().coupons.create({"amount_off": 200, "currency": "usd", "duration": "forever"})
    both = [{"coupon": half.id}, {"coupon": two.id}]

    api().subscriptions.update(row.stripe_id, {"discounts": both})
    read_back(holder)

    assert "$12.50 / month" in text_of(owner_client, holder)
    assert "$12.50" in text_of(owner_client, holder, "next_invoice")


def test_a_discount_whose_coupon_was_deleted_is_named_without_a_guess(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    discount_by(holder, percent_off=20, duration="forever")
    with stripe:
        discount = stripe.where("discount", subscription=row.stripe_id)[0]
        stripe.update(discount, source={"type": "coupon", "coupon": None}, _coupon=None)

    read_back(holder)

    text = text_of(owner_client, holder)
    assert "A discount" in text
    assert "$29.00 / month" in text


def test_tax_on_top_and_tax_within(holder, owner_client, buy):
    row = buy(holder, "starter")
    vat = {"display_name": "VAT", "percentage": 19}
    on_top = api().tax_rates.create({**vat, "inclusive": False})
    within = api().tax_rates.create({**vat, "inclusive": True})

    api().subscriptions.update(row.stripe_id, {"default_tax_rates": [on_top.id]})
    read_back(holder)
    assert "plus 19% VAT" in text_of(owner_client, holder)

    api().subscriptions.update(row.stripe_id, {"default_tax_rates": [within.id]})
    read_back(holder)
    assert "incl. 19% VAT" in text_of(owner_client, holder)


def test_what_is_sold_beside_the_plan_is_listed_and_counts_no_seats(holder, owner_client, buy):
    row = buy(holder, "starter")
    storage = price_of("Storage", unit_amount=500)
    calls = price_of("Calls", unit_amount_decimal="0.2", recurring=METERED)

    api().subscription_items.create({"subscription": row.stripe_id, "price": storage.id, "quantity": 2})
    api().subscription_items.create({"subscription": row.stripe_id, "price": calls.id})
    read_back(holder)

    text = text_of(owner_client, holder)
    assert "$29.00 / month" in text
    assert "Storage: $10.00 / month" in text
    assert "Calls: $0.002 per unit, billed by use, per month" in text
    assert value_of(owner_client.get(billing_url("tab", holder)), "seat-count") == "1"


def test_a_metered_plan_has_neither_seats_nor_a_made_up_price(stripe, holder, owner_client, buy):
    row = buy(holder, "pro")
    product = stripe.get(row.price_id)["product"]
    metered = api().prices.create(
        {
            "product": product,
            "currency": "usd",
            "unit_amount": 5,
            "recurring": {"interval": "month", **METERED},
        }
    )
    api().subscriptions.update(
        row.stripe_id, {"items": [{"id": row.plan_item_id, "deleted": True}, {"price": metered.id}]}
    )
    read_back(holder)

    page = owner_client.get(billing_url("tab", holder))
    text = text_of(owner_client, holder)

    assert current(holder).quantity is None
    assert value_of(page, "seat-count") is None
    assert "$0.05 per unit, billed by use, per month" in text
    assert "None" not in text.partition("Invoices")[0]


def test_every_three_months_is_said_so(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    price = price_of("Quarterly", unit_amount=8000, recurring={"interval": "month", "interval_count": 3})
    api().subscriptions.update(row.stripe_id, {"items": [{"id": row.plan_item_id, "price": price.id}]})
    read_back(holder)

    text = text_of(owner_client, holder)

    assert "Quarterly, every 3 months" in text
    assert "$80.00 / 3 months" in text


def test_a_subscription_in_another_currency_than_its_prices_own(stripe, holder, owner_client, buy):
    row = buy(holder, "starter")
    api().prices.update(row.price_id, {"currency_options": {"eur": {"unit_amount": 2700}}})
    call_command("bootstrap_subscriptions", verbosity=0, stdout=io.StringIO())

    at_stripe(stripe, holder, currency="eur")
    assert "€27.00 / month" in text_of(owner_client, holder)

    at_stripe(stripe, holder, currency="sek")
    assert "/ month" not in text_of(owner_client, holder)


def test_less_than_a_cent_is_shown_with_all_its_digits(stripe, holder, owner_client, buy):
    sell(stripe, "pro", unit_amount_decimal="0.05")
    buy(holder, "pro")

    page = owner_client.get(billing_url("tab", holder)).content.decode()

    assert "1 seat: 1 × $0.0005" in page
