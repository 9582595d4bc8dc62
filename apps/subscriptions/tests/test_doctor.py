"""`stripe_doctor`: each fault is made, and its line names it and the cure."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from celery import Celery
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from djstripe.models import APIKey

from apps.subscriptions import doctor, stripe_api
from apps.subscriptions.inbox import HANDLED_EVENTS
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.services import setup
from stripe_sandbox.patching import patch

pytestmark = pytest.mark.django_db


@pytest.fixture
def laptop(stripe, settings):
    """Everything set up by the public commands, in debug."""
    settings.DEBUG = True
    return stripe


@pytest.fixture
def server(laptop, settings):
    """The same at a public address."""
    settings.DEBUG = False
    settings.SITE_DOMAIN = "app.example.com"
    settings.USE_HTTPS_IN_ABSOLUTE_URLS = True
    settings.STRIPE_API_HOST = ""
    setup.connect_webhooks("https://app.example.com/stripe/webhook/")
    setup.configure_portal()
    return laptop


def examined():
    """What is not in order: {check: finding}."""
    return {finding.check: finding for finding in doctor.examine() if finding.level != "ok"}


def lines_of(check):
    return [finding for finding in doctor.examine() if finding.check == check]


def run(*args):
    out = StringIO()
    code = 0
    try:
        call_command("stripe_doctor", *args, stdout=out)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue()


def test_when_all_is_well_each_subject_has_one_line_and_it_exits_0(laptop):
    code, said = run()

    assert code == 0
    assert len(said.splitlines()) == len(doctor.CHECKS)
    assert all(line.startswith("ok") for line in said.splitlines())


def test_a_fault_is_a_line_with_its_cure_and_exit_code_1(laptop, settings):
    settings.DJSTRIPE_WEBHOOK_SECRET = ""

    code, said = run()

    assert code == 1
    assert "fail  webhook-secret" in said
    assert "bootstrap_webhooks --write-env" in said


def test_a_warning_alone_exits_0(laptop):
    APIKey.objects.create(secret="sk_test_" + 24 * "9", type="secret", livemode=False)

    assert run()[0] == 0


def test_as_json_it_is_a_list_of_findings(laptop, settings):
    settings.DJSTRIPE_WEBHOOK_SECRET = ""

    code, said = run("--json")

    findings = json.loads(said)
    assert code == 1
    assert {frozenset(finding) for finding in findings} == {frozenset({"check", "level", "text", "cure"})}
    assert [finding["check"] for finding in findings if finding["level"] == "fail"] == ["webhook-secret"]


def test_it_changes_nothing(laptop):
    before = len(laptop.requests.since(0))

    doctor.examine()

    assert {call["method"] for call in laptop.requests.since(0)[before:]} == {"GET"}


# Stripe away, nothing set up ------------------------------------------------------------------------------


def test_with_stripe_away_it_says_so_once_and_looks_at_the_rest(laptop, settings):
    laptop.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 503})
    settings.DJSTRIPE_WEBHOOK_SECRET = ""
    before = len(laptop.requests.since(0))

    found = examined()

    assert "does not answer" in found["account"].text
    assert found["portal"].text.startswith("Not looked at")
    assert found["webhook-secret"].level == "fail"
    assert len(laptop.requests.since(0)) == before + 1  # asking again would only take time


def test_with_stripe_gone_in_the_middle_it_goes_on_too(laptop):
    laptop.faults.add({"match": {"path": "/v1/products"}, "times": None, "status": 500})

    found = examined()

    assert "account" not in found
    assert "Not looked at" in found["products"].text
    assert found["mirror"].level == "warn"


def test_a_key_that_stripe_does_not_take_is_named_without_its_text(laptop):
    laptop.faults.add(
        {
            "match": {"path": "/v1/account"},
            "times": None,
            "status": 401,
            "error": {"message": "Invalid API Key"},
        }
    )

    finding = examined()["account"]

    assert finding.level == "fail"
    assert "does not take the key" in finding.text


def test_with_nothing_set_up_it_lists_what_to_do(stripe_world, settings):
    settings.DEBUG = True
    settings.DJSTRIPE_WEBHOOK_SECRET = ""

    found = examined()

    assert {check for check, finding in found.items() if finding.level == "fail"} == {
        "webhook-secret",
        "products",
        "prices",
    }
    assert "--push" in found["products"].cure
    assert "--portal" in found["portal"].cure


def test_without_tables_it_says_migrate(laptop):
    # Renamed in the test's transaction: Django keeps a table's name in more places than one could put back.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE subscriptions_webhookevent RENAME TO elsewhere")

    assert "migrate" in examined()["inbox"].cure


# Keys and account -----------------------------------------------------------------------------------------


def test_a_key_of_the_other_mode(laptop, settings):
    settings.STRIPE_LIVE_MODE = True
    settings.STRIPE_LIVE_SECRET_KEY = "sk_test_" + 24 * "0"

    assert "STRIPE_LIVE_SECRET_KEY is no secret key of live mode" in lines_of("key")[0].text
    assert lines_of("api-host")[0].level == "fail"


def test_an_account_that_may_not_charge_yet(laptop, settings):
    settings.STRIPE_LIVE_MODE = True
    settings.STRIPE_LIVE_SECRET_KEY = "sk_test_" + 24 * "0"  # the sandbox takes no live key
    patch(laptop, "acct_1LocalSandbox0001", {"charges_enabled": False})

    assert "may not charge" in examined()["account"].text


def test_a_missing_publishable_key_is_only_a_warning(laptop, settings):
    settings.STRIPE_TEST_PUBLIC_KEY = ""

    assert examined()["key"].level == "warn"


def test_an_api_version_that_is_not_fixed(laptop, settings):
    settings.STRIPE_API_VERSION = ""

    assert examined()["api-version"].level == "fail"


def test_a_sandbox_on_a_server(server, settings):
    settings.STRIPE_API_HOST = "http://localhost:12111"

    assert "localhost:12111" in examined()["api-host"].text


def test_a_key_that_was_rotated_away_still_in_the_admin(laptop):
    APIKey.objects.create(secret="sk_test_" + 24 * "9", type="secret", livemode=False)

    finding = examined()["admin-keys"]

    assert finding.level == "warn"
    assert "999" not in finding.text


# Site and webhooks ----------------------------------------------------------------------------------------


def test_a_server_that_is_set_up_has_no_fault(server):
    assert set(examined()) == {"broker"}  # eager tasks: a warning on a server


@pytest.mark.parametrize(
    "domain", ["https://app.example.com", "app.example.com/", "app.example.com/x", "", "a b", "host:port"]
)
def test_a_site_domain_that_is_no_host(server, settings, domain):
    settings.SITE_DOMAIN = domain

    finding = examined()["site"]

    assert finding.level == "fail"
    assert "app.example.com" in finding.cure


@pytest.mark.parametrize("domain", ["localhost:8000", "127.0.0.1", "192.168.1.5:80", "box.local", "web"])
def test_a_server_that_is_called_like_a_laptop(server, settings, domain):
    settings.SITE_DOMAIN = domain

    assert "nobody else can reach" in examined()["site"].text


def test_plain_http_on_a_server(server, settings):
    settings.USE_HTTPS_IN_ABSOLUTE_URLS = False

    found = examined()

    assert "USE_HTTPS" in found["site"].cure
    assert "There is one for https://app.example.com/stripe/webhook/" in found["webhook-endpoint"].text


def test_the_endpoint_of_another_site(server, settings):
    settings.SITE_DOMAIN = "www.example.com"

    finding = examined()["webhook-endpoint"]

    assert finding.level == "fail"
    assert "https://app.example.com/stripe/webhook/" in finding.text


def test_on_a_laptop_stripe_listen_will_do(laptop):
    for endpoint in laptop.all("webhook_endpoint"):
        stripe_api.webhook_endpoints.delete(endpoint["id"])

    finding = examined()["webhook-endpoint"]

    assert finding.level == "warn"
    assert "stripe listen --forward-to http://testserver/stripe/webhook/" in finding.cure


@pytest.mark.parametrize(
    ("change", "level", "words"),
    [
        ({"status": "disabled"}, "fail", "is disabled"),
        ({"api_version": "2024-06-20"}, "fail", "API version 2024-06-20"),
        ({"api_version": None}, "fail", "of the account"),
        ({"enabled_events": HANDLED_EVENTS[1:]}, "fail", HANDLED_EVENTS[0]),
        ({"enabled_events": [*HANDLED_EVENTS, "payout.paid"]}, "warn", "payout.paid"),
        ({"enabled_events": ["*"]}, "warn", "*"),
    ],
)
def test_an_endpoint_that_is_not_as_it_was_made(laptop, change, level, words):
    (endpoint,) = laptop.all("webhook_endpoint")
    patch(laptop, endpoint["id"], change)

    finding = examined()["webhook-endpoint"]

    assert finding.level == level
    assert words in finding.text


def test_two_endpoints_for_one_address(laptop):
    stripe_api.webhook_endpoints.create("http://testserver/stripe/webhook/", HANDLED_EVENTS)

    assert "--rotate leaves one" in examined()["webhook-endpoint"].cure


@pytest.mark.parametrize(
    ("value", "level"), [("whsec_a,whsec_b", None), ("whsec_a,whsec_b,whsec_c", "warn"), ("oops", "fail")]
)
def test_webhook_secrets(laptop, settings, value, level):
    settings.DJSTRIPE_WEBHOOK_SECRET = value

    finding = examined().get("webhook-secret")

    assert (finding and finding.level) == level
    assert "oops" not in (finding.text if finding else "")


def test_no_portal_configuration_of_ours(laptop):
    (ours,) = [c for c in laptop.all("billing_portal.configuration") if c["metadata"]]
    patch(laptop, ours["id"], {"active": False})

    assert "account's default" in examined()["portal"].text


def test_a_portal_where_somebody_switched_quantities_on(laptop):
    (ours,) = [c for c in laptop.all("billing_portal.configuration") if c["metadata"]]
    patch(
        laptop,
        ours["id"],
        {"features": {"subscription_update": {"default_allowed_updates": ["price", "quantity"]}}},
    )

    finding = examined()["portal"]

    assert "features.subscription_update" in finding.text
    assert "--portal" in finding.cure


# Work behind the scenes -----------------------------------------------------------------------------------


@pytest.fixture
def broker(monkeypatch):
    """A broker is configured, at an address where nothing listens."""
    app = Celery("nowhere", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(doctor.background, "current_app", app)
    return app


def test_a_broker_that_is_down_is_lines_of(laptop, broker):
    finding = examined()["broker"]

    assert finding.level == "fail"
    assert "REDIS_URL" in finding.cure


def test_a_broker_without_a_worker(laptop, broker):
    broker.conf.broker_url = "memory://"

    assert "no worker does" in examined()["broker"].text


def test_a_schedule_that_nobody_wrote(laptop, broker):
    PeriodicTask.objects.all().delete()

    assert examined()["beat"].level == "fail"
    assert "Nothing starts" in examined()["beat"].text


def test_an_event_that_waits_for_long_is_named_with_its_error(laptop):
    WebhookEvent.objects.create(
        event_id="evt_1",
        type="x",
        payload={},
        received_at=timezone.now() - timedelta(hours=2),
        error="Traceback\nKeyError: 'plan'\n",
    )

    finding = examined()["inbox"]

    assert finding.level == "warn"
    assert "evt_1, has waited for 120 minutes" in finding.text
    assert "KeyError" in finding.text


def test_an_event_that_was_given_up(laptop):
    WebhookEvent.objects.create(event_id="evt_1", type="x", payload={}, failed_at=timezone.now())

    assert examined()["inbox"].level == "fail"
