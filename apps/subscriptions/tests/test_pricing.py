"""The pricing page: what a visitor reads, whatever shape the seller's prices have."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from django.urls import reverse
from djstripe.models import Price

from apps.subscriptions import catalogue, metadata
from apps.subscriptions.holders import billing_url
from apps.subscriptions.metadata import PlanInterval
from apps.subscriptions.pricing import cards, offer
from apps.subscriptions.tests.catalogue import make_price, product_of, sell, tiers

pytestmark = pytest.mark.django_db


def card(client, slug="pro", path=None, **query) -> str:
    """The text of a plan's card, blanks folded."""
    page = client.get(path or reverse("pricing"), query).content.decode()
    found = re.search(rf'<article[^>]*data-testid="plan-{slug}".*?</article>', page, re.DOTALL)
    assert found, page
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


@pytest.fixture
def catalogue_of(monkeypatch):
    """Sell other plans for one test, wherever they were imported to."""

    def use(products, intervals=None):
        for module in (metadata, catalogue, offer, cards):
            monkeypatch.setattr(module, "ACTIVE_PRODUCTS", products, raising=False)
            if intervals:
                monkeypatch.setattr(module, "ACTIVE_PLAN_INTERVALS", intervals, raising=False)

    return use


SHAPES = {
    "per seat": ({"unit_amount": 1000}, 3, "$30.00 3 seats: 3 × $10.00, per month $10.00 per seat"),
    "package": (
        {"unit_amount": 5000, "transform_quantity": {"divide_by": 5, "round": "up"}},
        12,
        "$150.00 12 seats: 3 × $50.00, per month $50.00 per 5 seats",
    ),
    "package rounded down": (
        {"unit_amount": 5000, "transform_quantity": {"divide_by": 5, "round": "down"}},
        12,
        "$100.00 12 seats: 2 × $50.00, per month $50.00 per full 5 seats",
    ),
    "graduated": (
        tiers((10, {"unit_amount": 2000}), ("inf", {"unit_amount": 1600})),
        12,
        "$232.00 12 seats: 10 × $20.00 + 2 × $16.00, per month "
        "$20.00 per seat for the first 10 seats, then $16.00 per seat",
    ),
    "volume": (
        tiers((10, {"unit_amount": 2000}), ("inf", {"unit_amount": 1600}), mode="volume"),
        12,
        "$192.00 12 seats: 12 × $16.00, per month "
        "$20.00 per seat up to 10 seats, $16.00 per seat above, for all",
    ),
    "fee and units": (
        tiers((5, {"flat_amount": 5000}), ("inf", {"unit_amount": 900, "flat_amount": 100})),
        7,
        "$69.00 7 seats: $50.00 + 2 × $9.00 + $1.00, per month "
        "$50.00 for the first 5 seats, then $1.00 plus $9.00 per seat",
    ),
    "first free": (
        tiers((5, {"unit_amount": 0}), ("inf", {"unit_amount": 900})),
        7,
        "$18.00 7 seats: 5 free + 2 × $9.00, per month First 5 seats free, then $9.00 per seat",
    ),
    "still free": (
        tiers((5, {"unit_amount": 0}), ("inf", {"unit_amount": 900})),
        1,
        "First 5 seats free then $9.00 per seat, per month",
    ),
    "a fraction of a cent": ({"unit_amount_decimal": "0.05"}, 1, "$0.0005 per seat, per month"),
    "fractions of a cent": (
        {"unit_amount_decimal": "0.05"},
        3,
        "$0.0005 per seat, per month 3 seats: $0.00, per month",
    ),
    "many fractions of a cent": (
        {"unit_amount_decimal": "0.5"},
        12,
        "$0.06 12 seats: 12 × $0.005, per month $0.005 per seat",
    ),
    "a tier of a fraction of a cent": (
        tiers(("inf", {"unit_amount_decimal": "0.05"})),
        1,
        "$0.0005 per seat per month",
    ),
    "not a full package yet": (
        {"unit_amount": 5000, "transform_quantity": {"divide_by": 5, "round": "down"}},
        3,
        "$50.00 per full 5 seats, per month 3 seats: $0.00, per month",
    ),
    "metered": (
        {"unit_amount_decimal": "0.2", "recurring": {"usage_type": "metered"}},
        7,
        "$0.002 per unit, billed by use, per month",
    ),
    "metered tiers": (
        tiers((100, {"unit_amount": 0}), ("inf", {"unit_amount": 1}))
        | {"recurring": {"usage_type": "metered"}},
        7,
        "By use First 100 units free, then $0.01 per unit, billed by use, per month",
    ),
    "each quarter": (
        {"unit_amount": 9900, "recurring": {"interval_count": 3}},
        1,
        "$99.00 per seat, every 3 months",
    ),
    "each week": ({"unit_amount": 900, "recurring": {"interval": "week"}}, 1, "$9.00 per seat, per week"),
    "nothing": ({"unit_amount": 0}, 1, "$0.00 per seat, per month"),
    "yen": (
        {"unit_amount": 1000, "currency": "jpy"},
        3,
        "¥3,000 3 seats: 3 × ¥1,000, per month ¥1,000 per seat",
    ),
    "shillings": ({"unit_amount": 50000, "currency": "ugx"}, 1, "UGX 500 per seat, per month"),
    "dinars": ({"unit_amount": 9990, "currency": "kwd"}, 1, "KWD 9.990 per seat, per month"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_price_of_any_shape_says_what_it_costs(stripe, client, shape):
    params, seats, text = SHAPES[shape]
    sell(stripe, "pro", **params)

    assert f"than others. {text} " in card(client, seats=seats).replace("above ten.", "than others.")


@pytest.mark.parametrize(
    "changes",
    [
        {"billing_scheme": "tiered", "tiers": None, "unit_amount": None, "unit_amount_decimal": None},
        {"billing_scheme": "tiered", "tiers": [], "tiers_mode": "graduated"},
        {"billing_scheme": "tiered", "tiers": [{"up_to": None}], "tiers_mode": "volume"},
        {"billing_scheme": "tiered", "tiers": [{"up_to": 5, "unit_amount": 5}], "tiers_mode": "graduated"},
        {
            "billing_scheme": "tiered",
            "tiers": [{"up_to": None, "unit_amount": 5}],
            "tiers_mode": "of tomorrow",
        },
        {"billing_scheme": "of tomorrow", "unit_amount": 5},
        {"unit_amount": None, "unit_amount_decimal": None},
        {"unit_amount": "much", "unit_amount_decimal": "much"},
        {"unit_amount": None, "unit_amount_decimal": "NaN"},
        {"unit_amount": -100, "unit_amount_decimal": "-100"},
        {"unit_amount": None, "unit_amount_decimal": None, "custom_unit_amount": {"minimum": 100}},
        {"transform_quantity": {"divide_by": 0, "round": "up"}, "unit_amount": 5},
        {"transform_quantity": "all", "unit_amount": 5},
        {"recurring": {"interval": "decade"}},
        {"recurring": "often"},
        {"currency": None},
        {"currency_options": {"eur": None, "gbp": "?"}, "billing_scheme": "of tomorrow"},
    ],
    ids=str,
)
def test_a_shape_we_do_not_know_is_something_to_talk_about(stripe, client, changes):
    row = Price.objects.get(id=sell(stripe, "pro", unit_amount=2000)["id"])
    row.stripe_data = {**row.stripe_data, **changes}
    row.save()

    shown = card(client, seats=7)

    assert "Let's talk" in shown
    assert "$0" not in shown
    assert "Choose" not in shown
    assert "trial" not in shown
    assert "$29.00" in card(client, "starter")


def test_the_words_of_the_seller_win_and_the_total_stays_exact(stripe, client, catalogue_of):
    pro = replace(metadata.PRO, price_displays={PlanInterval.MONTH: "From $16 a seat"})
    catalogue_of([metadata.FREE, pro])

    assert "From $16 a seat 12 seats: $232.00 per month" in card(client, seats=12)


def test_one_interval_needs_no_switch(stripe, client, catalogue_of):
    catalogue_of([metadata.FREE, metadata.PRO], [PlanInterval.YEAR])

    page = client.get(reverse("pricing")).content.decode()

    assert 'name="interval" value="month"' not in page
    assert "$200.00" in card(client)
    assert "months free" not in page


def test_a_year_says_what_it_saves_only_if_it_does(stripe, client):
    assert "Yearly: 2 months free" in card(client, seats=12)
    assert "Paid yearly: 2 months free" in card(client, seats=12, interval="year")

    sell(stripe, "pro", "year", unit_amount=230_00)
    assert "Yearly: saves $10.00 a year" in card(client)
    sell(stripe, "pro", "year", unit_amount=240_00)
    assert "Yearly" not in card(client)
    sell(stripe, "pro", "year", unit_amount=100_00, currency="eur")
    assert "Yearly" not in card(client)


def test_hidden_plans_are_not_shown_and_plans_to_talk_about_are_not_sold(stripe, client, catalogue_of):
    catalogue_of([metadata.FREE, replace(metadata.STARTER, hidden=True), metadata.PRO, metadata.ENTERPRISE])

    page = client.get(reverse("pricing")).content.decode()

    assert 'data-testid="plan-starter"' not in page
    assert "Let's talk" in card(client, "enterprise")
    assert 'data-testid="choose-enterprise' not in page
    assert "Free for ever" in card(client, "free")


ODD = ["abc", "-1", "0", "1e9", "", "1.5", "9" * 5000, "٣", "²", "\x00", "1\n2", "<script>", "😀"]


@pytest.mark.parametrize("name", ["seats", "interval", "currency"])
@pytest.mark.parametrize("value", ODD, ids=ascii)
def test_odd_parameters_fall_back(stripe, client, name, value):
    response = client.get(reverse("pricing"), {name: [value, value]})

    assert response.status_code == 200
    assert "$29.00" in response.content.decode()


@pytest.mark.parametrize("seats", [10_000, 99_999, 10**9])
def test_seats_above_the_most_are_the_most_and_the_page_says_so(stripe, client, seats):
    page = client.get(reverse("pricing"), {"seats": seats}).content.decode()

    assert "10,000 seats" in card(client, seats=seats)
    assert 'name="seats" type="number" inputmode="numeric" min="1" max="10000" value="10000"' in page
    assert "Prices here go up to 10,000 seats." in page


def test_seats_the_page_reckons_with_need_no_word(stripe, client):
    assert "Prices here go up to" not in client.get(reverse("pricing"), {"seats": 9_999}).content.decode()


def test_the_page_asks_as_little_of_the_database_with_many_prices(
    stripe, client, django_assert_max_num_queries
):
    for amount in range(40):
        make_price(product_of(stripe, "pro"), unit_amount=amount)

    with django_assert_max_num_queries(3):
        client.get(reverse("pricing"))


def test_htmx_gets_the_plans_alone_and_caches_keep_them_apart(stripe, client):
    part = client.get(reverse("pricing"), {"seats": 3}, headers={"HX-Request": "true"})

    assert b"<html" not in part.content
    assert b'id="plans"' in part.content
    assert {"HX-Request", "Cookie"} <= set(part["Vary"].split(", "))


def test_whether_tax_is_in_the_price_follows_the_prices(stripe, client, catalogue_of):
    assert "Prices without tax." in client.get(reverse("pricing")).content.decode()

    sell(stripe, "pro", unit_amount=2000, tax_behavior="inclusive")
    assert "Tax is included." in card(client)
    assert (
        "Prices without tax, unless a plan says otherwise." in client.get(reverse("pricing")).content.decode()
    )

    catalogue_of([metadata.FREE, metadata.PRO])
    assert "Prices include tax." in client.get(reverse("pricing")).content.decode()


def test_who_subscribed_sees_their_plan_marked(stripe, holder, owner_client, buy):
    buy(holder, "pro")

    assert "Your plan" in card(owner_client)
    page = owner_client.get(reverse("pricing")).content.decode()
    assert billing_url("checkout", holder) not in page


def test_a_plan_that_is_not_sold_in_the_subscriptions_currency_says_so(stripe, holder, owner_client, buy):
    buy(holder, "starter")
    sell(stripe, "pro", unit_amount=1800, currency="eur")

    shown = card(owner_client)

    assert "Not sold in the currency of your subscription." in shown
    assert "Switch to" not in shown
    assert "Switch to Pro" in card(owner_client, interval="year")


def test_what_is_billed_by_use_has_its_currencies_too(stripe, client, catalogue_of):
    catalogue_of([metadata.FREE, metadata.PRO], [PlanInterval.MONTH])
    euros = {"eur": {"unit_amount_decimal": "0.1"}}
    sell(
        stripe, "pro", unit_amount_decimal="0.2", recurring={"usage_type": "metered"}, currency_options=euros
    )
    sell(stripe, "pro", "year", unit_amount=2000, currency_options={"eur": {"unit_amount": 1800}})

    assert "€0.001 per unit" in card(client, currency="eur")


def test_who_signed_in_buys_on_the_pricing_page(stripe, holder, owner_client):
    page = owner_client.get(reverse("pricing")).content.decode()

    assert f'action="{billing_url("checkout", holder)}"' in page
    assert "Start 14-day trial" in card(owner_client)


@pytest.mark.parametrize(("seats", "can_choose"), [(3, True), (4, False)])
def test_a_plan_that_takes_fewer_people_is_not_offered_for_more(stripe, client, seats, can_choose):
    page = client.get(reverse("pricing"), {"seats": seats}).content.decode()

    assert ('data-testid="choose-starter-month"' in page) is can_choose
    assert ("For 3 people at most." in page) is not can_choose
