"""What a buyer runs once per Stripe account."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from djstripe.models import APIKey, Price, Product

from apps.subscriptions import metadata, stripe_api
from apps.subscriptions.inbox import HANDLED_EVENTS
from apps.subscriptions.services import setup

pytestmark = pytest.mark.django_db


def run(command: str, *args: str, **options) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_pushing_makes_the_catalogue_once_and_pulling_copies_it(stripe_world):
    first = run("bootstrap_subscriptions", push=True)
    second = run("bootstrap_subscriptions", push=True)

    assert [p["metadata"]["plan"] for p in stripe_world.all("product")] == ["starter", "pro"]
    assert "create price pro-month" in first
    assert "The catalogue at Stripe is as metadata.py wants it" in second
    assert len(stripe_world.all("price")) == 4
    assert Price.objects.get(lookup_key="pro-year").product.name == "Pro"


def test_pulling_says_what_it_copied_and_what_to_paste(stripe):
    said = run("bootstrap_subscriptions")

    product = Product.objects.get(metadata__plan="pro")
    assert f"Synchronized product {product.id}" in said
    assert f"Synchronized price {Price.objects.get(lookup_key='pro-month').id}" in said
    pasted = said[said.index("ACTIVE_PRODUCTS = [") :]
    namespace = vars(metadata).copy()
    exec(pasted, namespace)  # it promises to be pasteable
    assert {p.stripe_id for p in namespace["ACTIVE_PRODUCTS"]} == set(
        Product.objects.values_list("id", flat=True)
    )


def test_a_dry_run_changes_nothing_at_stripe(stripe_world):
    said = run("bootstrap_subscriptions", push=True, dry_run=True)

    assert "Would create product starter" in said
    assert stripe_world.all("product") == []


def test_a_changed_price_takes_the_lookup_key_and_the_old_one_is_archived(stripe, monkeypatch):
    old = stripe.where("price", lookup_key="starter-month")[0]
    monkeypatch.setitem(
        metadata.STARTER.prices, metadata.PlanInterval.MONTH, metadata.PushPrice(unit_amount=35_00)
    )

    run("bootstrap_subscriptions", push=True)

    new = Price.objects.get(lookup_key="starter-month", active=True)
    assert new.stripe_data["unit_amount"] == 3500
    assert new.id != old["id"]
    assert stripe.get(old["id"])["active"] is False


def test_more_than_a_page_of_prices_is_copied(stripe_world):
    run("bootstrap_subscriptions", push=True)
    product = stripe_world.all("product")[0]["id"]
    for amount in range(130):
        stripe_api.prices.create(
            {"product": product, "currency": "usd", "unit_amount": amount, "recurring": {"interval": "month"}}
        )

    run("bootstrap_subscriptions")

    assert Price.objects.count() == 134


def test_cut_off_in_the_middle_it_fails_and_a_rerun_completes(stripe_world):
    run("bootstrap_subscriptions", push=True)
    Price.objects.all().delete()
    stripe_world.faults.add({"match": {"method": "GET", "path": "/v1/prices"}, "times": 3, "status": 500})

    with pytest.raises(CommandError, match="run the command again"):
        run("bootstrap_subscriptions")
    run("bootstrap_subscriptions")

    assert Price.objects.count() == 4


def test_the_keys_in_the_admin_are_the_configured_ones(stripe, settings):
    APIKey.objects.create(secret="sk_test_" + 24 * "9", type="secret", livemode=False)

    run("bootstrap_subscriptions")

    wanted = {settings.STRIPE_TEST_SECRET_KEY, settings.STRIPE_TEST_PUBLIC_KEY}
    assert set(APIKey.objects.values_list("secret", flat=True)) == wanted


def test_the_endpoint_is_made_once_with_exactly_the_handled_events(stripe_world):
    first = run("bootstrap_webhooks", "https://example.com/stripe/webhook/")
    second = run("bootstrap_webhooks", "https://example.com/stripe/webhook/")

    (endpoint,) = stripe_world.all("webhook_endpoint")
    assert endpoint["enabled_events"] == HANDLED_EVENTS
    assert endpoint["api_version"] == "2026-08-26.dahlia"
    assert f"DJSTRIPE_WEBHOOK_SECRET={endpoint['secret']}" in first
    assert "whsec_" not in second


def test_without_an_address_it_is_the_sites_own(stripe_world):
    run("bootstrap_webhooks")

    assert stripe_world.all("webhook_endpoint")[0]["url"] == "http://testserver/stripe/webhook/"


def test_a_rotated_secret_stands_before_the_old_one(stripe_world, settings, tmp_path):
    settings.ENV_FILE = tmp_path / ".env"
    (tmp_path / ".env").write_text("SECRET_KEY=x\nDJSTRIPE_WEBHOOK_SECRET=whsec_old\nDEBUG=True\n")
    settings.DJSTRIPE_WEBHOOK_SECRET = "whsec_old"
    run("bootstrap_webhooks", "https://example.com/hook/")

    run("bootstrap_webhooks", "https://example.com/hook/", rotate=True, write_env=True)

    (endpoint,) = stripe_world.all("webhook_endpoint")
    written = (tmp_path / ".env").read_text()
    assert f"DJSTRIPE_WEBHOOK_SECRET={endpoint['secret']},whsec_old\n" in written
    assert written.startswith("SECRET_KEY=x\n")
    assert written.endswith("\nDEBUG=True\n")


def test_the_portal_lets_nobody_edit_the_quantity_and_is_made_once(stripe):
    setup.configure_portal()

    (configuration,) = [c for c in stripe.all("billing_portal.configuration") if c["metadata"]]
    features = configuration["features"]
    assert features["subscription_update"]["default_allowed_updates"] == ["price"]
    assert features["subscription_cancel"]["mode"] == "at_period_end"
    assert [len(p["prices"]) for p in features["subscription_update"]["products"]] == [2]


def test_stripe_away_is_a_sentence_not_a_traceback(stripe_world):
    stripe_world.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    with pytest.raises(CommandError, match="Stripe"):
        run("bootstrap_webhooks", "https://example.com/hook/")
