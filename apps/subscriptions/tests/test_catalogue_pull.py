"""`bootstrap_subscriptions`: what Stripe sells is copied here, and printed to be pasted."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from djstripe.models import Account, Price, Product

from apps.subscriptions import checks, gateway, metadata, stripe_api
from apps.subscriptions.catalogue import price_by_id
from apps.subscriptions.metadata import FREE
from apps.subscriptions.services.setup.pasteable import active_products, with_slugs
from apps.subscriptions.tests.conftest import current
from stripe_sandbox.patching import patch

pytestmark = pytest.mark.django_db


def pull():
    out = StringIO()
    call_command("bootstrap_subscriptions", stdout=out)
    return out.getvalue()


def pasted(said):
    """The list it printed, as Python makes it of metadata.py's names."""
    namespace = vars(metadata).copy()
    exec(said[said.index("ACTIVE_PRODUCTS = [") :], namespace)
    return namespace["ACTIVE_PRODUCTS"]


def make_product(name, /, *prices, **params):
    product = stripe_api.products.save({"name": name, **params})
    for price in prices:
        stripe_api.prices.create({"product": product["id"], "currency": "usd", "unit_amount": 500, **price})
    return product


MONTHLY = {"recurring": {"interval": "month"}}


def test_it_says_what_it_copied_and_what_to_paste(stripe):
    said = pull()

    product = Product.objects.get(metadata__plan="pro")
    assert f"Synchronized product {product.id}\n" in said
    assert f"Synchronized price {Price.objects.get(lookup_key='pro-month').id}\n" in said
    plan = {plan.slug: plan for plan in pasted(said)}["pro"]
    assert (plan.stripe_id, plan.name, plan.features) == (product.id, "Pro", metadata.PRO.features)
    assert Account.objects.get().id == product.djstripe_owner_account_id


def test_an_empty_account_is_told_how_to_begin(stripe_world, db):
    said = pull()

    assert "bootstrap_subscriptions --push" in said
    assert "ACTIVE_PRODUCTS" not in said


def test_more_than_a_page_of_products_and_prices_is_copied(stripe_world):
    for number in range(137):
        make_product(f"Plan {number}", MONTHLY, {"recurring": {"interval": "year"}})

    said = pull()

    assert (Product.objects.count(), Price.objects.count()) == (137, 274)
    assert said.count("Synchronized product prod_") == 137
    assert said.count("Synchronized price price_") == 274
    assert len(pasted(said)) == 137


def test_a_second_run_changes_nothing_and_asks_for_the_lists_only(stripe):
    said = pull()
    before = list(Price.objects.order_by("id").values()), list(Product.objects.order_by("id").values())
    asked = len(stripe.requests.since(0))

    again = pull()

    assert again == said
    assert [list(Price.objects.order_by("id").values()), list(Product.objects.order_by("id").values())] == [
        *before
    ]
    paths = [call["path"] for call in stripe.requests.since(0)[asked:]]
    assert paths == ["/v1/account", "/v1/prices", "/v1/products"]


def test_cut_off_on_the_second_page_it_fails_and_a_rerun_completes(stripe_world):
    product = make_product("Pro", *[MONTHLY] * 130)
    stripe_world.faults.add({"match": {"method": "GET", "path": "/v1/prices"}, "times": 1, "delay": 0})
    stripe_world.faults.add({"match": {"method": "GET", "path": "/v1/prices"}, "status": 500})

    with pytest.raises(CommandError, match="run the command again"), gateway.time_budget(60):
        pull()
    assert not Price.objects.exists()
    pull()

    assert Price.objects.filter(product_id=product["id"]).count() == 130


def test_only_what_is_sold_by_subscription_is_copied(stripe_world):
    mug = make_product("Mug", {})
    both = make_product("Book", {}, MONTHLY)
    talk = make_product("Enterprise")

    said = pull()

    assert set(Product.objects.values_list("id", flat=True)) == {both["id"], talk["id"]}
    assert Price.objects.get().product_id == both["id"]
    assert mug["id"] not in said


def test_what_stripe_archived_is_archived_here(stripe):
    price = stripe.where("price", lookup_key="pro-year")[0]
    stripe_api.prices.archive(price["id"])
    stripe_api.products.save({"active": False}, stripe.where("product", name="Starter")[0]["id"])

    said = pull()

    assert not Price.objects.get(id=price["id"]).active
    assert not Product.objects.get(name="Starter").active
    assert [plan.slug for plan in pasted(said)] == ["pro"]


def test_a_price_somebody_still_pays_is_copied_although_it_is_archived(stripe, buy, holder):
    buy(holder, "starter")
    paid = current(holder).price_id
    stripe_api.prices.archive(paid)
    Price.objects.all().delete()
    Product.objects.all().delete()

    pull()

    assert price_by_id(paid)["unit_amount"] == 29_00
    assert not Price.objects.get(id=paid).active


def test_a_price_somebody_pays_that_stripe_forgot_stops_nothing(stripe, buy, holder):
    row = buy(holder)
    row.price_id = "price_of_another_account"
    row.save()

    assert "Synchronized price" in pull()


def test_what_changed_in_the_dashboard_is_copied(stripe):
    product = stripe.where("product", name="Pro")[0]
    patch(stripe, product["id"], {"marketing_features": [{"name": "Everything"}]})

    said = pull()

    assert Product.objects.get(id=product["id"]).stripe_data["marketing_features"] == [{"name": "Everything"}]
    assert {plan.stripe_id: plan.features for plan in pasted(said)}[product["id"]] == ("Everything",)


def test_tiers_and_other_currencies_come_along(stripe_world):
    product = make_product("Pro")
    tiers, euros = ([{"up_to": "inf", "unit_amount": amount}] for amount in (500, 450))
    stripe_api.prices.create(
        {
            "product": product["id"],
            "currency": "usd",
            "billing_scheme": "tiered",
            "tiers_mode": "graduated",
            "tiers": tiers,
            "currency_options": {"eur": {"tiers": euros}},
            **MONTHLY,
        }
    )

    pull()

    data = Price.objects.get().stripe_data
    assert data["tiers"][0]["unit_amount"] == 500
    assert data["currency_options"]["eur"]["tiers"][0]["unit_amount"] == 450


NAMES = [
    "Pro",
    "pro",
    "Pro!",
    "Free",
    "専門家",
    "Профи",
    "😀",
    'It\'s "quoted" \\ and\nbroken',
    "{braces} %s",
    "Z\u0336" * 30,
    "x" * 250,
    "--",
]


def test_any_name_makes_a_list_that_evaluates_with_slugs_that_pass_the_checks(stripe_world, monkeypatch):
    for name in NAMES:
        make_product(name, MONTHLY, description=f'{name} """', marketing_features=[{"name": name[:80]}])
    make_product("Marked", MONTHLY, metadata={"plan": "pro"})
    make_product("Marked badly", MONTHLY, metadata={"plan": "Not a/slug"})

    plans = pasted(pull())

    assert {plan.name for plan in plans} == {*NAMES, "Marked", "Marked badly"}
    assert {plan.name: plan.slug for plan in plans}["Marked"] == "pro"
    monkeypatch.setattr(checks, "ACTIVE_PRODUCTS", [FREE, *plans])
    assert checks.plans_make_sense() == []


def test_slugs_are_the_same_in_whatever_order_stripe_lists():
    products = [
        {"id": f"prod_{n}", "name": "Pro", "created": n, "active": True, "metadata": {}} for n in range(4)
    ]

    slugs = [slug for _product, slug in with_slugs(products)]

    assert slugs == ["pro", "pro-2", "pro-3", "pro-4"]
    assert [slug for _product, slug in with_slugs(products[::-1])] == slugs


def test_nothing_for_sale_is_a_list_too():
    assert pasted(active_products([])) == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [({"status": 503}, "503"), ({"status": 401, "error": {"message": "Invalid API Key"}}, "Invalid API Key")],
)
def test_stripe_away_or_a_wrong_key_is_a_sentence_not_a_traceback(stripe_world, fault, words):
    stripe_world.faults.add({"match": {"path": "/v1/*"}, "times": None, **fault})

    with pytest.raises(CommandError, match=words), gateway.time_budget(60):
        pull()
