"""The keys dj-stripe keeps are those of the environment, in the mode that is on."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from djstripe.models import APIKey, Customer, Product

from apps.subscriptions import api_keys, stripe_api
from apps.subscriptions.api_keys import refresh_api_keys
from apps.subscriptions.catalogue import prices_for_sale
from apps.subscriptions.tests.conftest import choose, current
from stripe_sandbox.api import arriving

pytestmark = pytest.mark.django_db

OLD, NEW, LIVE = "sk_test_" + 24 * "0", "sk_test_" + 24 * "N", "sk_live_" + 24 * "L"


@pytest.fixture
def rotated(stripe, settings):
    """The key was rotated at Stripe, and the environment has the new one: no command was run."""
    settings.STRIPE_TEST_SECRET_KEY = NEW
    return stripe


def secret_keys():
    return set(APIKey.objects.filter(type="secret").values_list("secret", flat=True))


def test_the_keys_in_the_admin_are_the_configured_ones(stripe, settings):
    APIKey.objects.create(secret="sk_test_" + 24 * "9", type="secret", livemode=False)

    call_command("bootstrap_subscriptions", verbosity=0)

    wanted = {settings.STRIPE_TEST_SECRET_KEY, settings.STRIPE_TEST_PUBLIC_KEY}
    assert set(APIKey.objects.values_list("secret", flat=True)) == wanted
    assert set(APIKey.objects.values_list("djstripe_owner_account", flat=True)) == {"acct_1LocalSandbox0001"}


def test_a_rotated_key_takes_over_with_the_next_purchase(rotated, buy, holder):
    buy(holder)

    assert secret_keys() == {NEW}
    assert Customer.objects.get().default_api_key == NEW  # what dj-stripe uses for calls of its own


def test_a_rotated_key_takes_over_with_the_next_event_of_the_catalogue(rotated, deliver_webhooks):
    stripe_api.products.save({"name": "Pro+"}, rotated.where("product", name="Pro")[0]["id"])

    assert [answer.status_code for answer in deliver_webhooks()] == [200]

    assert secret_keys() == {NEW}
    assert Product.objects.get(name="Pro+").default_api_key == NEW


def test_after_a_rotation_no_request_carries_the_old_key(rotated, owner_client, holder, buy, monkeypatch):
    """The old key is dead at Stripe."""
    real = arriving.check_key

    def check_key(key):
        assert key != OLD
        real(key)

    monkeypatch.setattr(arriving, "check_key", check_key)

    call_command("bootstrap_subscriptions", push=True, verbosity=0)
    buy(holder)
    choose(owner_client, holder, "starter")

    assert current(holder).status == "trialing"


def test_two_processes_with_different_keys_end_with_the_one_that_came_last(rotated, settings):
    """During a deployment the former release still runs."""
    api_keys.ensure_account()
    settings.STRIPE_TEST_SECRET_KEY = OLD
    api_keys.ensure_account()
    settings.STRIPE_TEST_SECRET_KEY = NEW
    api_keys.ensure_account()

    assert secret_keys() == {NEW}


def test_with_the_right_key_it_costs_one_query_and_no_call(stripe, django_assert_num_queries):
    before = len(stripe.requests.since(0))

    with django_assert_num_queries(1):
        api_keys.ensure_account()

    assert len(stripe.requests.since(0)) == before


@pytest.fixture
def live(stripe, settings, monkeypatch):
    """Stripe as it takes live keys (the sandbox refuses them, so that none is ever lost there)."""
    monkeypatch.setattr(arriving, "check_key", lambda key: None)
    settings.STRIPE_LIVE_MODE = True
    settings.STRIPE_LIVE_SECRET_KEY = LIVE
    settings.STRIPE_LIVE_PUBLIC_KEY = "pk_live_" + 24 * "L"


def test_live_mode_takes_the_live_keys_and_leaves_those_of_test_mode(live, settings):
    APIKey.objects.create(secret="sk_live_" + 24 * "9", type="secret", livemode=True)

    refresh_api_keys()

    assert secret_keys() == {OLD, LIVE}
    assert set(APIKey.objects.filter(livemode=True).values_list("secret", "type")) == {
        (LIVE, "secret"),
        (settings.STRIPE_LIVE_PUBLIC_KEY, "publishable"),
    }


def test_back_in_test_mode_the_live_keys_stay(live, settings):
    refresh_api_keys()
    settings.STRIPE_LIVE_MODE = False

    refresh_api_keys()

    assert secret_keys() == {OLD, LIVE}


def test_switched_to_live_mode_nothing_of_test_mode_is_archived_or_sold(live, stripe, settings):
    for price in stripe.all("price"):
        stripe_api.prices.archive(price["id"])  # the live account sells nothing yet

    call_command("bootstrap_subscriptions", verbosity=0)

    assert prices_for_sale() == {}
    settings.STRIPE_LIVE_MODE = False
    assert len(prices_for_sale()) == 4


def test_a_key_stripe_does_not_take_changes_nothing(rotated):
    rotated.faults.add({"match": {"path": "/v1/account"}, "status": 401, "error": {"message": "Invalid"}})

    with pytest.raises(api_keys.gateway.errors.StripeRefused):
        refresh_api_keys()

    assert secret_keys() == {OLD}
