"""`stripe_doctor` on what is sold and who is on what: each fault is made, and its line names it."""

from __future__ import annotations

import pytest
from djstripe.models import Price

from apps.subscriptions import doctor, stripe_api
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, PRO, PlanInterval, PushPrice
from apps.subscriptions.models import Subscription
from apps.subscriptions.tests.conftest import current
from apps.subscriptions.tests.test_doctor import examined, lines_of
from stripe_sandbox.patching import patch

pytestmark = pytest.mark.django_db


@pytest.fixture
def laptop(stripe, settings):
    settings.DEBUG = True
    return stripe


def product_of(world, slug):
    return world.where("product", name=slug.capitalize())[0]


def test_a_plan_that_names_a_product_stripe_does_not_have(laptop, monkeypatch):
    monkeypatch.setattr(
        doctor.catalogue, "stripe_product_id", lambda plan: "prod_gone" if plan is PRO else None
    )

    finding = examined()["products"]

    assert "'pro' names the product prod_gone" in finding.text


def test_a_product_archived_in_the_dashboard(laptop):
    patch(laptop, product_of(laptop, "pro")["id"], {"active": False})

    assert "of the plan 'pro' is archived" in examined()["products"].text


def test_two_products_of_one_plan(laptop):
    stripe_api.products.save({"name": "Pro", "metadata": {"plan": "pro"}})

    finding = examined()["products"]

    assert finding.level == "warn"
    assert "2 active products say plan=pro" in finding.text


def test_a_price_that_is_gone_is_named_by_plan_and_interval(laptop):
    Price.objects.filter(lookup_key="pro-year").update(active=False)

    finding = examined()["prices"]

    assert finding.level == "fail"
    assert "pro" in finding.text
    assert "year" in finding.text


def test_a_currency_nobody_knows(laptop):
    price = laptop.where("price", lookup_key="starter-month")[0]
    patch(laptop, price["id"], {"currency": "xxq"})

    assert "'xxq'" in examined()["currencies"].text


def test_a_price_changed_in_the_dashboard_is_not_yet_copied(laptop):
    price = laptop.where("price", lookup_key="starter-month")[0]
    patch(laptop, price["id"], {"nickname": "Spring"})

    finding = examined()["mirror"]

    assert price["id"] in finding.text
    assert "bootstrap_subscriptions" in finding.cure


def test_a_price_archived_in_the_dashboard_is_still_sold_here(laptop):
    price = laptop.where("price", lookup_key="starter-month")[0]
    patch(laptop, price["id"], {"active": False})

    assert price["id"] in examined()["mirror"].text


def test_a_price_changed_in_metadata_is_not_yet_pushed(laptop, monkeypatch):
    monkeypatch.setitem(PRO.prices, PlanInterval.MONTH, PushPrice(unit_amount=9_00))

    assert "create price pro-month" in examined()["metadata"].text


# Who is on what -------------------------------------------------------------------------------------------


def test_a_holder_on_a_product_nobody_sells(laptop, buy, holder):
    buy(holder)
    Subscription.objects.filter(holder=holder).update(plan_slug="")

    finding = examined()["unknown-products"]

    assert current(holder).stripe_id in finding.text
    assert product_of(laptop, "pro")["id"] in finding.text


def test_a_holder_on_a_plan_that_left_metadata(laptop, buy, holder, monkeypatch):
    buy(holder)
    rest = [plan for plan in ACTIVE_PRODUCTS if plan is not PRO]
    monkeypatch.setattr("apps.subscriptions.metadata.ACTIVE_PRODUCTS", rest)

    assert "does not know" in examined()["unknown-products"].text


def test_a_price_archived_under_a_subscriber_is_fine(laptop, buy, holder):
    buy(holder)
    patch(laptop, current(holder).price_id, {"active": False})

    (finding,) = lines_of("archived-prices")

    assert finding.level == "ok"
    assert finding.text.startswith("1 subscription(s)")


def test_a_product_archived_under_a_subscriber_is_lines_of(laptop, buy, holder):
    buy(holder)
    patch(laptop, product_of(laptop, "pro")["id"], {"active": False})

    assert "'pro' is archived at Stripe while people are on it" in examined()["archived-prices"].text


def test_a_holder_who_pays_twice(laptop, buy, holder):
    row = buy(holder)
    row.pk, row.stripe_id, row.is_current = None, "sub_second", False
    row.save()

    assert str(holder.pk) in examined()["double-subscriptions"].text


def test_it_asks_as_often_with_many_subscribers_as_with_one(
    laptop, buy, holder, django_assert_max_num_queries
):
    row = buy(holder)
    with django_assert_max_num_queries(60) as few:
        doctor.examine()
    for number in range(30):
        row.pk, row.stripe_id, row.is_current = None, f"sub_{number}", False
        row.save()

    with django_assert_max_num_queries(len(few)):
        doctor.examine()
