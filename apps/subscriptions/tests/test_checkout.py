"""To Checkout: what Stripe is asked for, whatever settings and history are."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import CheckoutAttempt
from apps.subscriptions.services.checkout_params import checkout_locale
from apps.subscriptions.tests.catalogue import sell
from apps.subscriptions.tests.checkout_sessions import asked
from apps.subscriptions.tests.conftest import choose, current, open_session
from apps.subscriptions.tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db


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


# Trials --------------------------------------------------------------------------------------------------


def test_one_trial_ever_whatever_came_after_it(stripe, holder, owner_client):
    SubscriptionFactory(holder=holder, trialing=True, status="canceled", is_current=False)
    SubscriptionFactory(holder=holder, status="incomplete_expired")

    page = owner_client.get(billing_url("tab", holder)).content.decode()
    choose(owner_client, holder, "pro", "year")

    assert "trial" not in page
    assert "trial_period_days" not in asked(stripe)["subscription_data"]


# Looking -------------------------------------------------------------------------------------------------


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
