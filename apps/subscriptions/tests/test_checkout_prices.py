"""Which price is sold, in which currency: of a catalogue made here, or in Stripe's dashboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
import stripe as stripe_client
from djstripe.models import Price, Product

from apps.subscriptions import catalogue, metadata, mirror, stripe_api
from apps.subscriptions.catalogue import price_problems
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.catalogue import make_price, product_of, sell, tiers
from apps.subscriptions.tests.checkout_sessions import asked
from apps.subscriptions.tests.conftest import choose, current, open_session

pytestmark = pytest.mark.django_db


# Currencies ----------------------------------------------------------------------------------------------


@pytest.fixture
def three_currencies(stripe):
    """Starter and Pro, monthly and yearly, in dollars, euros and yen."""
    for slug in ("starter", "pro"):
        for interval, times in (("month", 1), ("year", 10)):
            options = {"eur": {"unit_amount": 1800 * times}, "jpy": {"unit_amount": 3000 * times}}
            sell(stripe, slug, interval, unit_amount=2000 * times, currency_options=options)


def test_the_currency_chosen_on_the_page_is_kept_and_billed(
    stripe, three_currencies, holder, owner_client, deliver_webhooks
):
    tab = owner_client.get(billing_url("tab", holder), {"currency": "eur", "interval": "year"})

    assert "€180.00" in tab.content.decode()
    assert '<input type="hidden" name="currency" value="eur">' in tab.content.decode()
    choose(owner_client, holder, "starter", "year", currency="eur")
    stripe.complete_checkout(open_session(holder))
    deliver_webhooks()
    assert current(holder).currency == "eur"
    assert stripe.all("invoice")[-1]["total"] == 180_00


@pytest.mark.parametrize("currency", ["", "xxx", "gbp", "EUR ", "\x00", "e" * 5000])
def test_a_currency_nobody_sells_in_falls_back(stripe, three_currencies, holder, owner_client, currency):
    page = owner_client.get(billing_url("tab", holder), {"currency": currency})
    choose(owner_client, holder, "pro", currency=currency)

    assert "$20.00" in page.content.decode()
    assert asked(stripe)["currency"] == "usd"


def test_who_paid_in_euros_before_is_shown_and_sold_euros(
    stripe, three_currencies, holder, owner_client, deliver_webhooks
):
    choose(owner_client, holder, "starter", currency="eur")
    stripe.complete_checkout(open_session(holder))
    deliver_webhooks()
    stripe_client.Subscription.cancel(current(holder).stripe_id, api_key="sk_test_" + 24 * "0")
    deliver_webhooks()

    page = owner_client.get(billing_url("tab", holder), {"currency": "jpy"}).content.decode()
    choose(owner_client, holder, "pro", currency="jpy")

    assert "€18.00" in page
    assert 'name="currency" value="jpy"' not in page
    assert asked(stripe)["currency"] == "eur"


def test_only_what_every_plan_is_sold_in_can_be_chosen(stripe, three_currencies, client):
    sell(stripe, "pro", unit_amount=2000, currency_options={"eur": {"unit_amount": 1800}})

    page = client.get("/pricing/").content.decode()

    assert 'name="currency" value="eur"' in page
    assert 'name="currency" value="jpy"' not in page


def test_tiers_are_priced_in_each_currency(stripe, client):
    steps = tiers((10, {"unit_amount": 2000}), ("inf", {"unit_amount": 1600}))
    euros = {"tiers": [{"up_to": 10, "unit_amount": 1900}, {"up_to": "inf", "unit_amount": 1500}]}
    for slug in ("starter", "pro"):
        for interval in ("month", "year"):
            sell(stripe, slug, interval, **steps, currency_options={"eur": euros})

    page = client.get("/pricing/", {"currency": "eur", "seats": 12}).content.decode()

    assert "€220.00" in page


# A catalogue made in Stripe's dashboard ------------------------------------------------------------------


@pytest.fixture
def team_plan(stripe, monkeypatch):
    """A product made by hand, its plan pasted with `stripe_id`, no lookup keys anywhere."""
    product = stripe_client.Product.create(name="Team", api_key="sk_test_" + 24 * "0")["id"]
    plan = replace(metadata.PRO, slug="team", name="Team", stripe_id=product)
    monkeypatch.setattr(metadata, "ACTIVE_PRODUCTS", [metadata.FREE, plan])
    monkeypatch.setattr(catalogue, "ACTIVE_PRODUCTS", [metadata.FREE, plan])
    return product


def test_the_only_price_of_the_product_is_sold(stripe, team_plan, holder, owner_client, deliver_webhooks):
    price = make_price(team_plan, unit_amount=1200)
    make_price(team_plan, unit_amount=3000, recurring={"interval_count": 3})

    choose(owner_client, holder, "team")
    stripe.complete_checkout(open_session(holder))
    deliver_webhooks()

    assert asked(stripe)["line_items"][0]["price"] == price["id"]
    assert current(holder).plan_slug == "team"


def test_among_several_prices_the_default_is_sold_and_else_none(stripe, team_plan, holder, owner_client):
    first, second = make_price(team_plan, unit_amount=1200), make_price(team_plan, unit_amount=1500)

    page = owner_client.post(
        billing_url("checkout", holder), {"plan": "team", "interval": "month"}, follow=True
    )
    assert "This plan cannot be bought right now" in page.content.decode()
    assert any("has 2 active prices per month" in problem.text for problem in price_problems())

    make_default(stripe, team_plan, second["id"])
    choose(owner_client, holder, "team")
    assert asked(stripe)["line_items"][0]["price"] == second["id"] != first["id"]


def make_default(stripe, product: str, price: str) -> None:
    stripe_api.products.save({"default_price": price}, product)
    mirror.mirror_product(stripe_api.products.retrieve(product))


def test_a_lookup_key_on_another_plans_product_is_not_used(stripe, holder, owner_client):
    stray = make_price(product_of(stripe, "starter"), unit_amount=1, lookup_key="pro-month")

    owner_client.post(billing_url("checkout", holder), {"plan": "pro", "interval": "month"})

    assert asked(stripe)["line_items"][0]["price"] != stray["id"]
    (problem,) = price_problems()
    assert stray["id"] in problem.text
    assert "the product of plan starter" in problem.text


def test_what_was_archived_at_stripe_is_not_sold(stripe, holder, owner_client):
    Product.objects.filter(id=product_of(stripe, "pro")).update(active=False)

    page = owner_client.post(
        billing_url("checkout", holder), {"plan": "pro", "interval": "month"}, follow=True
    )

    assert "This plan cannot be bought right now" in page.content.decode()
    assert [(p.plan, p.interval) for p in price_problems()] == [("pro", "month"), ("pro", "year")]


def test_prices_of_the_other_mode_stay_in_the_mirror_and_are_not_sold(stripe, holder, owner_client):
    Price.objects.filter(lookup_key="pro-month").update(livemode=True)

    page = owner_client.post(
        billing_url("checkout", holder), {"plan": "pro", "interval": "month"}, follow=True
    )

    assert "This plan cannot be bought right now" in page.content.decode()
