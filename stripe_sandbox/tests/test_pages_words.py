"""Numbers, tiers and typed cards, as people meet them on the hosted pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from stripe_sandbox.hosted.pages import cards, tiers, words

PRO = {
    "billing_scheme": "tiered",
    "tiers_mode": "graduated",
    "tiers": [
        {"up_to": 10, "unit_amount": 2000, "unit_amount_decimal": "2000", "flat_amount": None},
        {"up_to": None, "unit_amount": 1600, "unit_amount_decimal": "1600", "flat_amount": None},
    ],
}


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (2900, "usd", "$29.00"),
        (1234567, "usd", "$12,345.67"),
        (-1308, "usd", "−$13.08"),
        (0, "eur", "€0.00"),
        (500, "jpy", "¥500"),
        (12345, "kwd", "KWD\N{NO-BREAK SPACE}12.345"),
        (Decimal("0.5"), "usd", "$0.005"),
    ],
)
def test_money_is_written_in_the_currency_s_own_decimals(minor, currency, text):
    assert words.money(minor, currency) == text


def test_intervals_read_as_sentences():
    assert words.per_interval({"interval": "month", "interval_count": 1}) == "per month"
    assert words.per_interval({"interval": "month", "interval_count": 3}) == "every 3 months"


def test_graduated_tiers_are_spelled_out_tier_by_tier():
    assert [(step.quantity, step.amount) for step in tiers.steps(PRO, 14)] == [(10, 20000), (4, 6400)]
    assert [(step.quantity, step.amount) for step in tiers.steps(PRO, 7)] == [(7, 14000)]


def test_volume_tiers_price_every_seat_at_the_tier_that_is_reached():
    volume = PRO | {"tiers_mode": "volume"}

    assert [(step.quantity, step.amount) for step in tiers.steps(volume, 14)] == [(14, 22400)]


def test_a_flat_fee_of_a_tier_is_added_once():
    price = {
        "billing_scheme": "tiered",
        "tiers_mode": "graduated",
        "tiers": [{"up_to": None, "unit_amount": 100, "unit_amount_decimal": "100", "flat_amount": 900}],
    }

    assert tiers.steps(price, 3)[0].amount == 1200


@pytest.mark.parametrize(("rounding", "packages"), [("up", 3), ("down", 2)])
def test_packages_are_counted_whole(rounding, packages):
    price = {
        "billing_scheme": "per_unit",
        "unit_amount": 1000,
        "transform_quantity": {"divide_by": 5, "round": rounding},
    }

    assert tiers.steps(price, 12)[0].quantity == packages


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("card", "4242 4242 4242 4241"),
        ("card", "abc"),
        ("exp", "13/29"),
        ("exp", ""),
        ("cvc", "12"),
        ("name", ""),
    ],
)
def test_a_slip_of_the_pen_is_named_at_its_field(field, typed):
    good = {"card": "4242 4242 4242 4242", "exp": "04 / 29", "cvc": "123", "name": "Ada Lovelace"}

    fault = cards.check(cards.CardForm(**(good | {field: typed})))

    assert fault is not None
    assert fault.field == field


@pytest.mark.parametrize("typed", ["04/29", "4/29", "04 / 2029", "0429"])
def test_an_expiry_is_understood_however_it_is_written(typed):
    form = cards.CardForm("4242424242424242", typed, "123", "Ada Lovelace")

    arguments = cards.arguments(form)

    assert (arguments["exp_month"], arguments["exp_year"]) == (4, 2029)


def test_a_test_card_s_chip_fills_the_whole_card():
    form = cards.typed(MultiDict({"card": "4000000000000341"}))

    assert cards.check(form) is None
    assert cards.arguments(form)["card"] == "4000000000000341"


def test_every_test_card_is_a_valid_number():
    for card in cards.TEST_CARDS:
        assert cards.check(cards.typed(MultiDict({"card": card.number}))) is None
