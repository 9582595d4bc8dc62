"""`bootstrap_subscriptions --push`: Stripe sells what metadata.py sells, however often it runs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from djstripe.models import Price

from apps.subscriptions import gateway, stripe_api
from apps.subscriptions.metadata import (
    ACTIVE_PRODUCTS,
    FREE,
    PRO,
    STARTER,
    PlanInterval,
    PushPrice,
    Tier,
)
from apps.subscriptions.tests.conftest import current, gate_is_open
from stripe_sandbox.patching import patch

pytestmark = pytest.mark.django_db

MONTH, YEAR = PlanInterval.MONTH, PlanInterval.YEAR
UNCHANGED = "The catalogue at Stripe is as metadata.py wants it"


@pytest.fixture
def selling(monkeypatch):
    """Put these plans into metadata.py's list, where everybody reads them."""
    before = list(ACTIVE_PRODUCTS)

    def selling(*plans):
        ACTIVE_PRODUCTS[:] = plans

    yield selling
    ACTIVE_PRODUCTS[:] = before


def push(**options):
    out = StringIO()
    call_command("bootstrap_subscriptions", push=True, stdout=out, **options)
    return out.getvalue()


def dry_run():
    """The steps, as a dry run says them."""
    said = push(dry_run=True).splitlines()
    return [line.removeprefix("Would ") for line in said if line.startswith("Would ")]


def active(world, kind):
    return [obj for obj in world.all(kind) if obj["active"]]


def price(world, key):
    (found,) = [price for price in active(world, "price") if price["lookup_key"] == key]
    return found


def made(world):
    """How many writing calls were made so far."""
    return len([call for call in world.requests.since(0) if call["method"] != "GET"])


def test_it_makes_the_catalogue_once_and_copies_it(stripe_world):
    first = push()
    second = push()

    assert [product["metadata"]["plan"] for product in stripe_world.all("product")] == ["starter", "pro"]
    assert "create price pro-month" in first
    assert UNCHANGED in second
    assert len(stripe_world.all("price")) == 4
    assert Price.objects.get(lookup_key="pro-year").product.name == "Pro"


SHAPES = {
    "unit": PushPrice(unit_amount=29_00),
    "zero": PushPrice(unit_amount=0),
    "fraction": PushPrice(unit_amount=Decimal("0.2")),
    "whole-decimal": PushPrice(unit_amount=Decimal("250.000")),
    "twelve-places": PushPrice(unit_amount=Decimal("1.000000000001")),
    "yen": PushPrice(unit_amount=1000, currency="jpy"),
    "dinar": PushPrice(unit_amount=9_200, currency="kwd"),
    "package": PushPrice(unit_amount=50_00, package_of=5),
    "inclusive": PushPrice(unit_amount=29_00, tax_behavior="inclusive"),
    "graduated": PushPrice(tiers=(Tier(up_to=10, unit_amount=20_00), Tier(up_to=None, unit_amount=16_00))),
    "volume": PushPrice(
        tiers=(Tier(up_to=10, unit_amount=20_00), Tier(up_to=None, unit_amount=16_00)), tiers_mode="volume"
    ),
    "flat-fees": PushPrice(
        tiers=(Tier(up_to=5, flat_amount=49_00), Tier(up_to=None, unit_amount=9_00, flat_amount=1_00))
    ),
    "free-tier": PushPrice(
        tiers=(Tier(up_to=5, unit_amount=0), Tier(up_to=None, unit_amount=Decimal("0.5")))
    ),
    "euro-too": PushPrice(
        unit_amount=29_00,
        currency_options={
            "eur": PushPrice(unit_amount=27_00, tax_behavior="inclusive"),
            "jpy": PushPrice(unit_amount=Decimal(4300)),
        },
    ),
    "tiers-in-euro": PushPrice(
        tiers=(Tier(up_to=10, unit_amount=20_00), Tier(up_to=None, unit_amount=16_00)),
        currency_options={
            "eur": PushPrice(
                tiers=(Tier(up_to=10, unit_amount=19_00), Tier(up_to=None, unit_amount=Decimal("15.5")))
            )
        },
    ),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_price_of_any_shape_is_pushed_whole_and_left_alone_after(stripe_world, selling, shape):
    selling(FREE, replace(PRO, prices={MONTH: shape}))
    push()
    writes = made(stripe_world)

    again = push()

    assert UNCHANGED in again
    assert made(stripe_world) == writes
    assert price(stripe_world, "pro-month")["recurring"]["interval"] == "month"


def test_any_other_shape_is_a_new_price_and_one_is_sold_at_a_time(stripe_world, selling):
    for shape in SHAPES.values():
        selling(FREE, replace(PRO, prices={MONTH: shape}))

        said = push()

        assert "create price pro-month" in said
        assert len(active(stripe_world, "price")) == 1
    assert len(stripe_world.all("price")) == len(SHAPES)


FIVE = PushPrice(unit_amount=5_00)
STEPS = PushPrice(tiers=(Tier(up_to=5, unit_amount=5_00), Tier(up_to=None, unit_amount=4_00)))
EURO_TOO = replace(FIVE, currency_options={"eur": PushPrice(unit_amount=4_00)})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FIVE, replace(FIVE, unit_amount=Decimal("500.5"))),
        (FIVE, replace(FIVE, package_of=5)),
        (replace(FIVE, package_of=5), replace(FIVE, package_of=6)),
        (FIVE, replace(FIVE, currency="eur")),
        (FIVE, replace(FIVE, tax_behavior="exclusive")),
        (STEPS, replace(STEPS, tiers_mode="volume")),
        (STEPS, replace(STEPS, tiers=(Tier(up_to=6, unit_amount=5_00), STEPS.tiers[1]))),
        (STEPS, replace(STEPS, tiers=(Tier(up_to=5, unit_amount=5_00, flat_amount=1), STEPS.tiers[1]))),
        (FIVE, EURO_TOO),
        (EURO_TOO, FIVE),
        (EURO_TOO, replace(FIVE, currency_options={"eur": PushPrice(unit_amount=4_01)})),
        (EURO_TOO, replace(FIVE, currency_options={"gbp": PushPrice(unit_amount=4_00)})),
    ],
)
def test_a_price_that_differs_in_one_thing_is_another_price(stripe_world, selling, before, after):
    selling(FREE, replace(PRO, prices={MONTH: before}))
    push()
    selling(FREE, replace(PRO, prices={MONTH: after}))

    assert "create price pro-month" in dry_run()


def test_all_of_a_price_arrives(stripe_world, selling):
    shape = SHAPES["tiers-in-euro"]
    selling(FREE, replace(PRO, prices={YEAR: replace(shape, tiers_mode="volume", tax_behavior="exclusive")}))

    push()

    found = price(stripe_world, "pro-year")
    assert (found["tiers_mode"], found["tax_behavior"]) == ("volume", "exclusive")
    assert [tier["unit_amount_decimal"] for tier in found["currency_options"]["eur"]["tiers"]] == [
        "1900",
        "15.5",
    ]
    assert found["metadata"] == {"lookup_key": "pro-year"}


def test_a_changed_price_takes_the_lookup_key_and_the_old_one_is_archived(stripe, monkeypatch):
    old = price(stripe, "starter-month")
    monkeypatch.setitem(STARTER.prices, MONTH, PushPrice(unit_amount=35_00))

    push()

    new = Price.objects.get(lookup_key="starter-month", active=True)
    assert new.stripe_data["unit_amount"] == 3500
    assert new.id != old["id"]
    assert stripe.get(old["id"])["active"] is False
    assert UNCHANGED in push()


def test_whoever_pays_the_old_price_goes_on_paying_it(stripe, buy, holder, owner_client, monkeypatch):
    buy(holder, "starter")
    paid = current(holder).price_id
    monkeypatch.setitem(STARTER.prices, MONTH, PushPrice(unit_amount=35_00))

    push()

    assert stripe.where("subscription")[0]["items"]["data"][0]["price"] == paid
    assert gate_is_open(owner_client, holder)


@pytest.mark.parametrize("there", [{"interval_count": 3}, {"usage_type": "metered"}])
def test_a_price_of_another_rhythm_under_our_key_is_replaced(stripe, there):
    found = price(stripe, "starter-month")
    patch(stripe, found["id"], {"recurring": there})

    said = push()

    assert "create price starter-month" in said
    assert stripe.get(found["id"])["active"] is False


def test_a_default_price_is_replaced_before_it_is_archived(stripe, monkeypatch):
    old = price(stripe, "starter-month")
    stripe_api.products.save({"default_price": old["id"]}, old["product"])
    monkeypatch.setitem(STARTER.prices, MONTH, PushPrice(unit_amount=35_00))

    push()

    assert stripe.get(old["id"])["active"] is False
    assert stripe.get(old["product"])["default_price"] == price(stripe, "starter-month")["id"]


def test_an_interval_that_was_dropped_is_archived(stripe, selling):
    old = price(stripe, "pro-year")
    stripe_api.products.save({"default_price": old["id"]}, old["product"])
    selling(FREE, STARTER, replace(PRO, prices={MONTH: PRO.prices[MONTH]}))

    steps = dry_run()
    push()

    assert steps == [f"archive price {old['id']} (pro-year)"]
    assert stripe.get(old["id"])["active"] is False
    assert not Price.objects.get(id=old["id"]).active
    assert stripe.get(old["product"])["active"] is True


@pytest.mark.parametrize("after", [[replace(PRO, hidden=True)], []], ids=["hidden", "gone"])
def test_a_plan_that_is_no_longer_sold_is_archived_with_its_prices(stripe, selling, after):
    month = price(stripe, "pro-month")
    selling(FREE, STARTER, *after)

    steps = dry_run()
    said = push()

    assert [step.split()[:2] for step in steps] == [["archive", "product"], *[["archive", "price"]] * 2]
    assert all(step in said for step in steps)
    assert stripe.get(month["product"])["active"] is False
    assert [found["lookup_key"] for found in active(stripe, "price")] == ["starter-month", "starter-year"]
    assert UNCHANGED in push()


def test_the_default_price_of_an_archived_product_stays_as_stripe_wants_it(stripe, selling):
    month, year = price(stripe, "pro-month"), price(stripe, "pro-year")
    stripe_api.products.save({"default_price": month["id"]}, month["product"])
    selling(FREE, STARTER)

    push()

    assert [stripe.get(row["id"])["active"] for row in (month, year)] == [True, False]
    assert stripe.get(month["product"])["active"] is False
    assert UNCHANGED in push()


def test_a_subscriber_of_an_archived_plan_stays(stripe, selling, buy, holder, owner_client):
    buy(holder)
    selling(FREE, STARTER, replace(PRO, hidden=True))

    push()

    assert gate_is_open(owner_client, holder)
    assert current(holder).plan_slug == "pro"


def test_a_plan_that_comes_back_is_unarchived_rather_than_doubled(stripe, selling):
    products, prices = stripe.all("product"), stripe.all("price")
    selling(FREE, STARTER)
    push()
    selling(FREE, STARTER, PRO)

    said = push()

    assert "unarchive product pro" in said
    assert "unarchive price pro-month" in said
    assert len(stripe.all("product")) == len(products)
    assert len(stripe.all("price")) == len(prices)
    assert all(product["active"] for product in stripe.all("product"))
    assert UNCHANGED in push()


def test_products_of_others_in_the_account_are_left_alone(stripe):
    theirs = stripe_api.products.save({"name": "Shop", "metadata": {"plan": "gold"}})
    stripe_api.prices.create(
        {"product": theirs["id"], "currency": "usd", "unit_amount": 1, "recurring": {"interval": "month"}}
    )
    by_hand = stripe_api.prices.create(  # a deal for one customer, on our product
        {
            "product": price(stripe, "pro-month")["product"],
            "currency": "usd",
            "unit_amount": 5_00,
            "recurring": {"interval": "month"},
        }
    )

    assert UNCHANGED in push()
    assert stripe.get(theirs["id"])["active"] is True
    assert stripe.get(by_hand["id"])["active"] is True


def test_a_lookup_key_on_a_foreign_product_comes_home_and_its_price_stays_there(stripe, selling):
    selling(FREE)
    push()
    foreign = stripe_api.products.save({"name": "Shop"})
    squatter = stripe_api.prices.create(
        {
            "product": foreign["id"],
            "currency": "usd",
            "unit_amount": 1,
            "recurring": {"interval": "month"},
            "lookup_key": "pro-month",
        }
    )
    selling(FREE, PRO)

    push()

    assert price(stripe, "pro-month")["product"] != foreign["id"]
    assert stripe.get(squatter["id"])["active"] is True
    assert UNCHANGED in push()


def test_text_that_changed_is_updated_and_text_that_went_is_taken_away(stripe, selling):
    selling(FREE, STARTER, replace(PRO, name="Pro+", description="", features=()))

    said = push()

    product = stripe.get(price(stripe, "pro-month")["product"])
    assert "update product pro" in said
    assert (product["name"], product["description"] or "", product["marketing_features"]) == ("Pro+", "", [])
    assert UNCHANGED in push()


def test_a_plan_billed_by_seats_that_becomes_flat_loses_the_word_seat(stripe, selling):
    selling(FREE, STARTER, replace(PRO, quantity="one", prices={MONTH: PushPrice(unit_amount=5)}))

    push()

    assert not stripe.get(price(stripe, "pro-month")["product"])["unit_label"]
    assert UNCHANGED in push()


def test_a_plan_may_name_its_product_or_a_setting_that_does(stripe, selling, settings):
    mine = stripe_api.products.save({"name": "Made by hand"})
    settings.STRIPE_PRO_PRODUCT = mine["id"]
    selling(FREE, STARTER, replace(PRO, stripe_id="STRIPE_PRO_PRODUCT"))

    push()

    assert price(stripe, "pro-month")["product"] == mine["id"]
    assert stripe.get(mine["id"])["metadata"] == {"plan": "pro"}
    assert UNCHANGED in push()


def test_a_product_stripe_does_not_have_stops_it_before_anything_is_changed(stripe_world, selling):
    selling(FREE, STARTER, replace(PRO, stripe_id="prod_typo"))

    with pytest.raises(CommandError) as refusal:
        push()

    assert "'pro' names prod_typo" in str(refusal.value)
    assert "Correct its stripe_id in metadata.py" in str(refusal.value)
    assert stripe_world.all("product") == []


def test_a_dry_run_says_the_same_lines_and_changes_nothing(stripe_world):
    said = push(dry_run=True)
    writes = made(stripe_world)
    really = push()

    lines = [line for line in said.splitlines() if line.startswith("Would ")]
    assert lines[0] == "Would create product starter"
    assert [line.removeprefix("Would ") for line in lines] == really.splitlines()[: len(lines)]
    assert writes == 0


def test_a_dry_run_needs_no_push_beside_it(stripe_world):
    out = StringIO()

    call_command("bootstrap_subscriptions", dry_run=True, stdout=out)

    assert "Would create price pro-year" in out.getvalue()
    assert made(stripe_world) == 0


@pytest.mark.parametrize("nth", range(1, 7))
def test_cut_off_after_any_step_a_rerun_completes_and_doubles_nothing(stripe_world, selling, nth):
    """The answer is lost: Stripe has done the work, and nobody here knows."""
    shapes = {MONTH: PushPrice(unit_amount=5_00), YEAR: PushPrice(unit_amount=50_00)}
    selling(FREE, replace(PRO, prices=shapes))
    push()
    selling(FREE, STARTER, replace(PRO, prices={MONTH: PushPrice(unit_amount=6_00)}))
    lose_the_answer_of_write(stripe_world, nth)

    with pytest.raises(CommandError, match="run the command again"), gateway.time_budget(60):  # no retries
        push()
    stripe_world.faults.clear()
    push()

    assert UNCHANGED in push()
    assert sorted(found["lookup_key"] for found in active(stripe_world, "price")) == [
        "pro-month",
        "starter-month",
        "starter-year",
    ]
    assert len(stripe_world.all("product")) == 2


def lose_the_answer_of_write(world, nth):
    """The ones before pass."""
    if nth > 1:
        world.faults.add({"match": {"method": "POST"}, "times": nth - 1})
    world.faults.add({"match": {"method": "POST"}, "drop_response": True})
