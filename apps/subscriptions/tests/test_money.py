from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override

from apps.subscriptions.money import format_amount, price_total, spelled_out

GRADUATED = {
    "billing_scheme": "tiered",
    "tiers_mode": "graduated",
    "tiers": [
        {"up_to": 10, "unit_amount": 2000, "flat_amount": None},
        {"up_to": None, "unit_amount": 1600, "flat_amount": None},
    ],
}
VOLUME = {**GRADUATED, "tiers_mode": "volume"}
PACKAGES = {
    "billing_scheme": "per_unit",
    "unit_amount": 5000,
    "transform_quantity": {"divide_by": 5, "round": "up"},
}

FRACTIONS = {
    **GRADUATED,
    "tiers": [{"up_to": 1, "unit_amount_decimal": "0.5"}, {"up_to": None, "unit_amount_decimal": "0.5"}],
}


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (2900, "usd", "$29.00"),
        (120000, "eur", "€1,200.00"),
        (1000, "jpy", "¥1,000"),
        (9900, "krw", "₩9,900"),
        (92000, "kwd", "KWD\xa092.000"),
        (5000, "isk", "ISK\xa050"),
        (Decimal("0.05"), "usd", "$0.0005"),
        (50000, "ugx", "UGX\xa0500"),
        (Decimal("0.000000000001"), "usd", "$0.00000000000001"),
        (0, "usd", "$0.00"),
    ],
)
def test_amounts_read_as_people_write_them(amount, currency, text):
    assert format_amount(amount, currency) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "1.234,00\xa0€"), ("fr", "1\u202f234,00\xa0€"), ("ja", "€1,234.00"), ("tlh", "€1,234.00")],
)
def test_amounts_are_written_in_the_readers_language(language, text):
    with override(language):
        assert format_amount(1234_00, "eur") == text


@pytest.mark.parametrize(
    ("price", "quantity", "total"),
    [
        ({"unit_amount": 2900}, 1, 2900),
        ({"unit_amount": 2000}, 7, 14000),
        ({"unit_amount": None, "unit_amount_decimal": "0.5"}, 3, 2),
        (PACKAGES, 5, 5000),
        (PACKAGES, 6, 10000),
        (GRADUATED, 10, 20000),
        (GRADUATED, 12, 23200),
        (VOLUME, 12, 19200),
        ({**PACKAGES, "transform_quantity": {"divide_by": 5, "round": "down"}}, 4, 0),
        (FRACTIONS, 2, 2),  # half a cent each, rounded line by line as Stripe does
    ],
)
def test_a_total_is_exact_for_every_price_shape(price, quantity, total):
    assert price_total(price, quantity) == total


@pytest.mark.parametrize(
    "price",
    [
        {"billing_scheme": "tiered", "unit_amount": None},  # tiers were not expanded
        {"unit_amount": 5, "recurring": {"usage_type": "metered"}},
        {"unit_amount": None, "custom_unit_amount": {"minimum": 100}},
        {"unit_amount": None},
    ],
)
def test_a_price_without_a_fixed_total_is_never_free(price):
    assert price_total(price, 3) is None


def test_a_total_is_spelled_out():
    assert spelled_out({**GRADUATED, "currency": "usd"}, 12) == "10 × $20.00 + 2 × $16.00"
    assert spelled_out({**PACKAGES, "currency": "usd"}, 12) == "3 × $50.00"
    assert spelled_out({"unit_amount": None}, 1) == ""


def test_flat_fee_of_a_tier_counts_once():
    price = {**GRADUATED, "tiers": [{"up_to": None, "unit_amount": None, "flat_amount": 5000}]}

    assert price_total(price, 4) == 5000
