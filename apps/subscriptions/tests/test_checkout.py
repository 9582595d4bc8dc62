"""To Checkout: what Stripe is asked for, whatever settings, history and other people do."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import stripe as stripe_client
from django.core.management import call_command
from django.utils.translation import override
from djstripe.models import Price, Product

from apps.subscriptions import catalogue, metadata, mirror, stripe_api, sync
from apps.subscriptions.catalogue import price_problems
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import CheckoutAttempt, Subscription
from apps.subscriptions.services.checkout import close_attempt
from apps.subscriptions.services.checkout_params import checkout_locale
from apps.subscriptions.tests.catalogue import make_price, product_of, sell, tiers
from apps.subscriptions.tests.conftest import calls, choose, current, open_session
from apps.subscriptions.tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db

SESSIONS = "/v1/checkout/sessions"


def asked(stripe) -> dict:
    """What the last session was made of."""
    return calls(stripe, "POST", SESSIONS)[-1]["params"]


def open_sessions(stripe) -> list[dict]:
    return [session for session in stripe.all("checkout.session") if session["status"] == "open"]


# What is asked for ---------------------------------------------------------------------------------------


def test_a_session_is_for_our_customer_our_price_our_count_and_the_currency_shown(
    stripe, holder, owner_client
):
    choose(owner_client, holder, "pro")

    holder.refresh_from_db()
    params = asked(stripe)
    assert params["customer"] == holder.stripe_customer_id
    assert params["line_items"][0]["quantity"] == str(holder.get_quantity())
    assert params["currency"] == "usd"
    assert params["locale"] == "en"
    assert params["allow_promotion_codes"] == "true"
    assert params["subscription_data"]["trial_period_days"] == "14"
    for name in ("automatic_tax", "tax_id_collection", "customer_update", "payment_method_collection"):
        assert name not in params


def test_with_stripe_tax_checkout_may_keep_the_address_and_adds_the_tax(
    stripe, holder, owner_client, settings, deliver_webhooks
):
    settings.STRIPE_AUTOMATIC_TAX = settings.STRIPE_TAX_ID_COLLECTION = True

    choose(owner_client, holder, "starter")

    params = asked(stripe)
    assert params["automatic_tax"] == {"enabled": "true"}
    assert params["tax_id_collection"] == {"enabled": "true"}
    assert params["customer_update"] == {"address": "auto", "name": "auto"}
    stripe.complete_checkout(open_session(holder), address={"country": "DE"})
    deliver_webhooks()
    assert stripe.all("invoice")[-1]["total"] == 29_00 + 5_51


def test_a_trial_without_a_card_rests_at_its_end(stripe, holder, owner_client, settings):
    settings.TRIAL_REQUIRES_CARD = False

    choose(owner_client, holder, "pro")

    params = asked(stripe)
    assert params["payment_method_collection"] == "if_required"
    end = params["subscription_data"]["trial_settings"]["end_behavior"]
    assert end == {"missing_payment_method": "pause"}


def test_without_a_trial_a_card_is_always_asked_for(stripe, holder, owner_client, settings):
    settings.TRIAL_REQUIRES_CARD = False

    choose(owner_client, holder, "starter")

    assert "payment_method_collection" not in asked(stripe)
    assert "trial_settings" not in asked(stripe)["subscription_data"]


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("en", "en"),
        ("de", "de"),
        ("de-at", "de"),
        ("en-gb", "en-GB"),
        ("pt-br", "pt-BR"),
        ("zh-hans", "zh"),
        ("zh-hant", "zh-TW"),
        ("es-mx", "es-419"),
        ("cy", "auto"),
    ],
)
def test_checkout_speaks_the_readers_language(language, locale):
    with override(language):
        assert checkout_locale() == locale


def test_two_who_read_different_languages_share_a_session(stripe, holder, owner_client):
    first = choose(owner_client, holder, "pro")
    attempt = CheckoutAttempt.objects.get()
    attempt.parameters["locale"] = "de"
    attempt.save()

    assert choose(owner_client, holder, "pro")["Location"] == first["Location"]


def test_what_is_billed_by_use_is_sold_without_a_quantity(stripe, holder, owner_client, deliver_webhooks):
    sell(stripe, "pro", unit_amount_decimal="0.2", recurring={"usage_type": "metered"})

    choose(owner_client, holder, "pro")
    stripe.complete_checkout(open_session(holder))
    deliver_webhooks()

    assert "quantity" not in asked(stripe)["line_items"][0]
    assert (current(holder).plan_slug, current(holder).quantity) == ("pro", None)


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


# Trials --------------------------------------------------------------------------------------------------


def test_one_trial_ever_whatever_came_after_it(stripe, holder, owner_client):
    SubscriptionFactory(holder=holder, trialing=True, status="canceled", is_current=False)
    SubscriptionFactory(holder=holder, status="incomplete_expired")

    page = owner_client.get(billing_url("tab", holder)).content.decode()
    choose(owner_client, holder, "pro", "year")

    assert "trial" not in page
    assert "trial_period_days" not in asked(stripe)["subscription_data"]


# What goes wrong on the way ------------------------------------------------------------------------------


def test_a_session_that_expired_overnight_is_replaced(stripe, holder, owner_client):
    first = choose(owner_client, holder, "pro")["Location"]
    stripe.advance(86400 + 60)

    second = choose(owner_client, holder, "pro")["Location"]

    assert second not in ("", first)
    assert len(open_sessions(stripe)) == 1


def test_a_price_that_changed_meanwhile_makes_the_old_session_unpayable(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    first = open_session(holder)
    price = sell(stripe, "pro", unit_amount=900)

    choose(owner_client, holder, "pro")

    assert stripe.get(first)["status"] == "expired"
    assert asked(stripe)["line_items"][0]["price"] == price["id"]


def test_a_customer_deleted_between_our_look_and_the_session_is_replaced(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()
    first = holder.stripe_customer_id
    stripe.faults.add(
        {
            "match": {"method": "POST", "path": SESSIONS},
            "times": 1,
            "status": 400,
            "error": {
                "type": "invalid_request_error",
                "code": "resource_missing",
                "param": "customer",
                "message": f"No such customer: '{first}'",
            },
        }
    )
    stripe_client.Customer.delete(first, api_key="sk_test_" + 24 * "0")

    again = choose(owner_client, holder, "starter")

    holder.refresh_from_db()
    assert "/checkout/cs_" in again["Location"]
    assert holder.stripe_customer_id not in ("", first)
    assert asked(stripe)["customer"] == holder.stripe_customer_id


@pytest.mark.parametrize(
    "error",
    [
        {"code": "customer_tax_location_invalid", "param": "automatic_tax"},
        {"code": "resource_missing", "param": "line_items[0][price]"},
        {"param": "line_items[0][price]"},
    ],
    ids=str,
)
def test_stripe_refusing_the_session_is_a_sentence_and_the_next_try_is_new(
    stripe, holder, owner_client, error
):
    refusal = {"type": "invalid_request_error", "message": "No.", **error}
    stripe.faults.add(
        {"match": {"method": "POST", "path": SESSIONS}, "times": 1, "status": 400, "error": refusal}
    )

    page = owner_client.post(
        billing_url("checkout", holder), {"plan": "pro", "interval": "month"}, follow=True
    )
    again = choose(owner_client, holder, "pro")

    assert "The payment page could not be opened" in page.content.decode()
    assert "/checkout/cs_" in again["Location"]
    keys = [call["idempotency_key"] for call in calls(stripe, "POST", SESSIONS)]
    assert len(set(keys)) == 2


def test_a_refused_attempt_is_not_in_the_way_of_another_plan(stripe, holder, owner_client):
    """Its answer was lost, and its customer is gone: there is nothing to expire."""
    stripe.faults.add({"match": {"method": "POST", "path": SESSIONS}, "times": 1, "status": 500})
    choose(owner_client, holder, "pro")
    attempt = CheckoutAttempt.objects.get()
    attempt.parameters["customer"] = "cus_gone"
    attempt.save()

    again = choose(owner_client, holder, "starter")

    assert "/checkout/cs_" in again["Location"]


def test_a_session_stripe_no_longer_knows_is_replaced(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    CheckoutAttempt.objects.update(session_id="cs_test_of_another_account")

    again = choose(owner_client, holder, "pro")

    assert "/checkout/cs_" in again["Location"]


@pytest.mark.parametrize("fault", [{"drop_response": True}, {"status": 500}], ids=["lost answer", "not done"])
def test_stripe_away_while_the_customer_is_named_makes_no_second_one(stripe, holder, owner_client, fault):
    stripe.faults.add({"match": {"method": "POST", "path": "/v1/customers/*"}, "times": 2, **fault})
    choose(owner_client, holder, "pro")
    choose(owner_client, holder, "pro")

    again = choose(owner_client, holder, "pro")

    assert "/checkout/cs_" in again["Location"]
    (customer,) = stripe.all("customer")
    assert customer["email"] == "owner@example.com"


def test_an_address_stripe_does_not_take_is_no_reason_not_to_sell(stripe, holder, owner_client):
    error = {"type": "invalid_request_error", "code": "email_invalid", "message": "Invalid email address"}
    stripe.faults.add(
        {"match": {"method": "POST", "path": "/v1/customers/*"}, "times": 1, "status": 400, "error": error}
    )

    assert "/checkout/cs_" in choose(owner_client, holder, "pro")["Location"]


def test_an_expired_session_closes_its_attempt_once(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    session = open_session(holder)

    assert close_attempt(session) is True
    assert close_attempt(session) is False
    assert close_attempt("") is False


def test_paid_in_the_moment_another_plan_is_chosen_there_is_one_subscription(stripe, holder, owner_client):
    choose(owner_client, holder, "starter")
    stripe.complete_checkout(open_session(holder))

    response = choose(owner_client, holder, "pro")

    assert "/portal/bps_" in response["Location"]
    assert open_sessions(stripe) == []
    assert Subscription.objects.filter(holder=holder).count() == 1


@pytest.fixture
def subscribed_otherwise(stripe, api, holder, owner_client):
    """The payment page is open while somebody makes a subscription in Stripe's dashboard."""
    choose(owner_client, holder, "pro")
    holder.refresh_from_db()
    card = api.payment_methods.attach("pm_card_visa", {"customer": holder.stripe_customer_id}).id
    (price,) = Price.objects.filter(lookup_key="starter-month").values_list("id", flat=True)
    made = {"customer": holder.stripe_customer_id, "items": [{"price": price}]}
    return api.subscriptions.create({**made, "default_payment_method": card}).id


def test_a_payment_page_closes_when_a_subscription_came_by_another_way(
    stripe, holder, subscribed_otherwise, deliver_webhooks
):
    deliver_webhooks()

    assert current(holder).stripe_id == subscribed_otherwise
    assert open_sessions(stripe) == []
    assert not CheckoutAttempt.objects.filter(holder=holder, closed_at=None).exists()


@pytest.mark.usefixtures("subscribed_otherwise")
def test_the_hourly_run_closes_the_payment_page_whose_news_was_lost(stripe, holder):
    sync.sync_customer(holder.stripe_customer_id)
    before = open_sessions(stripe)

    call_command("sync_subscriptions", stdout=io.StringIO())

    assert len(before) == 1
    assert open_sessions(stripe) == []


def test_buying_asks_nothing_more_of_the_page_that_was_paid(stripe, buy, holder):
    buy(holder, "pro")

    expired = [call for call in stripe.requests.since(0) if call["path"].endswith("/expire")]
    assert expired == []


@pytest.mark.parametrize(
    "page", ["tab", "checkout", "confirm", "portal", "portal_return", "cancel", "resume"]
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_makes_nothing_at_stripe(stripe, holder, owner_client, page, method):
    for _ in range(2):
        getattr(owner_client, method)(billing_url(page, holder), {"plan": "pro", "interval": "month"})

    assert [
        call for call in stripe.requests.since(0) if call["method"] == "POST" and "customers" in call["path"]
    ] == []
    assert stripe.all("checkout.session") == []
    assert not CheckoutAttempt.objects.exists()
