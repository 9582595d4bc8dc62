"""A contradiction in metadata.py or the settings is one message that names it, with a hint that mends it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from apps.subscriptions import checks
from apps.subscriptions.metadata import (
    ENTERPRISE,
    FREE,
    PRO,
    STARTER,
    Feature,
    Limit,
    PlanInterval,
    PushPrice,
    Tier,
)

MONTH, YEAR = PlanInterval.MONTH, PlanInterval.YEAR


@pytest.fixture
def told(monkeypatch):
    """{id: message} of the checks, with these plans in metadata.py."""

    def told(*plans, intervals=(MONTH, YEAR)):
        monkeypatch.setattr(checks, "ACTIVE_PRODUCTS", list(plans))
        monkeypatch.setattr(checks, "ACTIVE_PLAN_INTERVALS", list(intervals))
        return {message.id.removeprefix("subscriptions."): message for message in checks.plans_make_sense()}

    return told


def settings_told():
    return {message.id.removeprefix("subscriptions."): message for message in checks.settings_make_sense()}


def tiered(*ends, **more):
    return PushPrice(tiers=tuple(Tier(up_to=end, unit_amount=100) for end in ends), **more)


def test_what_is_shipped_passes(told):
    assert told(FREE, STARTER, PRO, ENTERPRISE) == {}
    assert settings_told() == {}


@pytest.mark.parametrize("default_plans", [[], [FREE, replace(FREE, slug="gratis")]], ids=["none", "two"])
def test_exactly_one_plan_is_the_default(told, default_plans):
    assert "default" in told(*default_plans, PRO)["E002"].msg


def test_two_plans_of_one_slug_are_named(told):
    assert "'pro'" in told(FREE, PRO, replace(PRO, name="Pro again"))["E001"].msg


def test_two_plans_of_one_product_are_named(told, settings):
    settings.STRIPE_PRO = "prod_1"
    plans = [replace(PRO, stripe_id="STRIPE_PRO"), replace(STARTER, stripe_id="prod_1")]

    assert "pro, starter" in told(FREE, *plans)["E021"].msg


@pytest.mark.parametrize("slug", ["", "two words", "über", "a/b", "x" * 101, None])
def test_a_slug_fits_addresses_and_lookup_keys(told, slug):
    assert repr(slug) in told(FREE, replace(STARTER, slug=slug))["E004"].msg


@pytest.mark.parametrize("intervals", [[], ["week"], [MONTH, MONTH]], ids=["none", "unknown", "twice"])
def test_intervals_are_known_and_each_stands_once(told, intervals):
    assert "month and year" in told(FREE, intervals=intervals)["E005"].msg


def test_a_price_that_nobody_can_choose_is_pointed_out(told):
    assert "'pro' has a price per year" in told(FREE, PRO, intervals=[MONTH])["W006"].msg


@pytest.mark.parametrize(
    ("price", "id"),
    [
        (PushPrice(), "E007"),
        (tiered(None, unit_amount=5), "E007"),
        (tiered(10, 20), "E008"),
        (tiered(20, 10, None), "E008"),
        (tiered(10, 10, None), "E008"),
        (tiered(0, None), "E008"),
        (tiered(None, None), "E008"),
        (PushPrice(tiers=(Tier(up_to=None),)), "E008"),
        (PushPrice(unit_amount=1, currency="xxq"), "E009"),
        (PushPrice(unit_amount=1, currency=""), "E009"),
        (PushPrice(unit_amount=1, currency_options={"eurooo": PushPrice(unit_amount=1)}), "E009"),
        (PushPrice(unit_amount=-1), "E010"),
        (PushPrice(unit_amount=29.0), "E010"),
        (PushPrice(unit_amount=True), "E010"),
        (PushPrice(unit_amount=Decimal("0.0000000000001")), "E010"),
        (PushPrice(unit_amount=Decimal("NaN")), "E010"),
        (PushPrice(tiers=(Tier(up_to=None, flat_amount=-5),)), "E010"),
        (PushPrice(unit_amount=1, package_of=0), "E024"),
        (tiered(None, package_of=5), "E024"),
        (PushPrice(unit_amount=1, currency_options={"usd": PushPrice(unit_amount=1)}), "E025"),
        (PushPrice(unit_amount=1, currency_options={"eur": tiered(None)}), "E025"),
    ],
)
def test_a_price_stripe_would_refuse_is_found_here(told, price, id):
    found = told(FREE, replace(PRO, prices={MONTH: price}))

    assert "'pro' per month" in found[id].msg
    assert found[id].hint


@pytest.mark.parametrize(
    "price",
    [
        PushPrice(unit_amount=0),
        PushPrice(unit_amount=Decimal("0.2")),
        PushPrice(unit_amount=50_00, package_of=5, currency="jpy"),
        tiered(5, None, tiers_mode="volume", currency_options={"eur": tiered(5, None)}),
        PushPrice(tiers=(Tier(up_to=5, flat_amount=0), Tier(up_to=None, unit_amount=9_00, flat_amount=1_00))),
    ],
)
def test_a_price_of_any_good_shape_passes(told, price):
    assert told(FREE, replace(PRO, prices={MONTH: price})) == {}


@pytest.mark.parametrize("price", [tiered(None), PushPrice(unit_amount=1, package_of=5)])
def test_a_flat_plan_has_a_flat_price(told, price):
    assert "always 1" in told(FREE, replace(STARTER, prices={MONTH: price}))["E012"].msg


@pytest.mark.parametrize("seats", [0, -3])
def test_a_plan_takes_somebody(told, seats):
    assert "'pro'" in told(FREE, replace(PRO, max_seats=seats))["E011"].msg


@pytest.mark.parametrize("days", [-1, 731])
def test_a_trial_is_as_long_as_stripe_allows(told, days):
    assert "'pro'" in told(FREE, replace(PRO, trial_days=days))["E013"].msg


def test_a_stripe_id_is_a_product_or_a_setting_that_holds_one(told, settings):
    settings.STRIPE_EMPTY = ""
    settings.STRIPE_PRO = "prod_123"

    assert "STRIPE_NOWHERE" in told(FREE, replace(PRO, stripe_id="STRIPE_NOWHERE"))["W014"].msg
    assert "STRIPE_EMPTY" in told(FREE, replace(PRO, stripe_id="STRIPE_EMPTY"))["W014"].hint
    assert told(FREE, replace(PRO, stripe_id="STRIPE_PRO"), replace(STARTER, stripe_id="prod_9")) == {}


def test_a_plan_that_is_never_sold_needs_no_price(told):
    assert "contact_url" in told(FREE, replace(PRO, contact_url="/talk/"))["W015"].msg


@pytest.mark.parametrize(
    "wrong",
    [
        {"entitlements": frozenset({"api-acess"})},
        {"limits": {"projects-typo": 1}},
        {"limits": {Limit.PROJECTS: -1}},
        {"prices": {"week": PushPrice(unit_amount=1)}},
        {"price_displays": {"decade": "$1"}},
        {"quantity": "seats"},
    ],
    ids=lambda wrong: f"{wrong}"[:30],
)
def test_what_a_plan_allows_is_of_a_known_kind(told, wrong):
    assert "'pro' has an unknown" in told(FREE, replace(PRO, **wrong))["E016"].msg


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"description": 5},
        {"features": "one line"},
        {"features": None},
        {"stripe_id": 5},
        {"price_displays": {MONTH: 5}},
        {"entitlements": None},
        {"limits": {Limit.PROJECTS: "ten"}},
        {"max_seats": "5"},
        {"trial_days": 1.5},
        {"trial_days": True},
        {"is_default": "no"},
        {"contact_url": None},
        {"prices": None},
        {"prices": {MONTH: 500}},
        {"prices": {MONTH: None}},
        {"prices": {MONTH: PushPrice(unit_amount=5, currency=None)}},
        {"prices": {MONTH: PushPrice(unit_amount=5, package_of="5")}},
        {"prices": {MONTH: PushPrice(unit_amount=5, tax_behavior="none")}},
        {"prices": {MONTH: PushPrice(unit_amount=5, currency_options={"eur": 5})}},
        {"prices": {MONTH: PushPrice(tiers=None)}},
        {"prices": {MONTH: PushPrice(tiers=(5,))}},
    ],
    ids=lambda wrong: f"{wrong}"[:60],
)
def test_a_value_of_another_type_is_named_with_its_field(told, wrong):
    message = told(FREE, replace(PRO, **wrong))["E028"]

    assert "'pro'" in message.msg
    assert "It has to be " in message.hint


@pytest.mark.parametrize("stranger", ["pro", None, {"slug": "pro"}])
def test_what_is_no_plan_is_named(told, stranger):
    assert repr(stranger) in told(FREE, stranger)["E028"].msg


def test_an_inner_field_is_named_by_its_place(told):
    tiers = (Tier(up_to=None, unit_amount=5),)
    option = PushPrice(tiers=tiers, tiers_mode="both")
    price = PushPrice(tiers=tiers, currency_options={"eur": option})

    message = told(FREE, replace(PRO, prices={MONTH: price}))["E028"]

    assert "in prices month, in currency_options eur has tiers_mode='both'" in message.msg


def test_lists_and_sets_do_as_well(told):
    assert told(FREE, replace(PRO, features=["a"], entitlements={Feature.API_ACCESS})) == {}


def test_a_plan_has_a_name(told):
    assert "'pro'" in told(FREE, replace(PRO, name=""))["E029"].msg


@pytest.mark.parametrize("url", ["call us", "javascript:alert(1)", "sales@example.com"])
def test_a_contact_can_be_opened(told, url):
    assert url in told(FREE, replace(ENTERPRISE, contact_url=url))["E030"].msg


def test_features_fit_stripe(told):
    assert told(FREE, replace(PRO, features=("x" * 81,)))["E022"]
    assert told(FREE, replace(PRO, features=("x",) * 16))["E022"]


@pytest.mark.parametrize(
    ("setting", "value", "id"),
    [
        ("STRIPE_TEST_SECRET_KEY", "sk_live_" + 24 * "0", "E003"),
        ("STRIPE_TEST_SECRET_KEY", "rk_test_" + 24 * "0", "E003"),
        ("STRIPE_TEST_SECRET_KEY", "sk_test_short", "E026"),
        ("STRIPE_TEST_PUBLIC_KEY", "pk_live_" + 24 * "0", "W027"),
        ("STRIPE_LIVE_MODE", True, "E003"),
        ("DJSTRIPE_WEBHOOK_SECRET", "whsec_good, sk_test_wrong", "W020"),
        ("SEAT_PRORATION_BEHAVIOR", {"month": "sometimes", "year": "none"}, "E017"),
        ("SEAT_PRORATION_BEHAVIOR", {"month": "none"}, "E017"),
        ("SUBSCRIPTION_GRACE_DAYS", -1, "E018"),
        ("TRIAL_DAYS", -1, "E023"),
        ("LIMIT_COUNTERS", {"projects": "apps.nowhere.count"}, "E033"),
        ("LIMIT_COUNTERS", {"projcets": "builtins.len"}, "E033"),
        ("LIMIT_COUNTERS", {"projects": "apps.users.sessions"}, "E033"),
        ("SUBSCRIPTION_HOLDER_MODEL", "auth.Group", "E019"),
        ("SUBSCRIPTION_HOLDER_MODEL", "teams.Tema", "E019"),
        ("SUBSCRIPTION_HOLDER_MODEL", "nonsense", "E019"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named_with_its_cure(settings, setting, value, id):
    setattr(settings, setting, value)

    assert settings_told()[id].hint


def test_no_secret_is_shown(settings):
    settings.DJSTRIPE_WEBHOOK_SECRET = "oops-secret"
    settings.STRIPE_TEST_SECRET_KEY = "sk_test_oops"

    said = "".join(f"{message.msg}{message.hint}" for message in settings_told().values())

    assert said
    assert "oops" not in said


def test_the_checks_ask_neither_database_nor_stripe(stripe_world, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        checks.plans_make_sense()
        checks.settings_make_sense()

    assert stripe_world.requests.since(0) == []


def test_manage_check_stops_at_them(monkeypatch, db):
    monkeypatch.setattr(checks, "ACTIVE_PRODUCTS", [FREE, replace(PRO, slug="a b")])

    with pytest.raises(SystemCheckError, match="E004"):
        call_command("check")
