"""`bootstrap_webhooks`: Stripe sends what is handled, in the shape that is understood, signed as we know."""

from __future__ import annotations

import os
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from djstripe.models import Product

from apps.subscriptions import gateway, stripe_api
from apps.subscriptions.inbox import HANDLED_EVENTS
from apps.subscriptions.services import setup
from apps.subscriptions.services.setup.env_file import read_variable, write_variable
from apps.subscriptions.tests.conftest import post_signed
from stripe_sandbox.patching import patch

pytestmark = pytest.mark.django_db

URL = "https://example.com/stripe/webhook/"
NAME = "DJSTRIPE_WEBHOOK_SECRET"


@pytest.fixture(autouse=True)
def env(settings, tmp_path, monkeypatch):
    """The file --write-env writes; nothing of it is in the environment yet."""
    settings.ENV_FILE = tmp_path / ".env"
    settings.DJSTRIPE_WEBHOOK_SECRET = ""
    monkeypatch.delenv(NAME, raising=False)
    return Path(settings.ENV_FILE)


def run(*args, **options):
    out = StringIO()
    call_command("bootstrap_webhooks", *args, stdout=out, stderr=out, **options)
    return out.getvalue()


def endpoint(world):
    (found,) = world.all("webhook_endpoint")
    return found


def test_it_is_made_once_with_exactly_the_handled_events(stripe_world):
    first = run(URL)
    second = run(URL)

    made = endpoint(stripe_world)
    assert made["enabled_events"] == HANDLED_EVENTS
    assert made["api_version"] == "2026-08-26.dahlia"
    assert f"{NAME}={made['secret']}" in first
    assert "whsec_" not in second


def test_without_an_address_it_is_the_sites_own(stripe_world):
    run()

    assert endpoint(stripe_world)["url"] == "http://testserver/stripe/webhook/"


def test_one_that_was_switched_off_or_hears_too_little_is_brought_up_to_date(stripe_world):
    run(URL)
    patch(
        stripe_world, endpoint(stripe_world)["id"], {"status": "disabled", "enabled_events": ["invoice.paid"]}
    )

    run(URL)

    assert endpoint(stripe_world)["status"] == "enabled"
    assert endpoint(stripe_world)["enabled_events"] == HANDLED_EVENTS


@pytest.mark.parametrize("version", ["2024-06-20", None])
def test_one_of_another_api_version_is_replaced_because_stripe_cannot_change_it(stripe_world, version):
    run(URL)
    former = endpoint(stripe_world)["id"]
    patch(stripe_world, former, {"api_version": version})

    said = run(URL)

    assert endpoint(stripe_world)["id"] != former
    assert endpoint(stripe_world)["api_version"] == "2026-08-26.dahlia"
    assert f"It replaces {former}: its API version was" in said
    assert f"{NAME}={endpoint(stripe_world)['secret']}" in said


def test_when_its_secret_is_unknown_it_says_how_to_get_a_new_one(stripe_world):
    run(URL)

    assert "--rotate" in run(URL)


def test_endpoints_of_other_addresses_are_left_alone(stripe_world):
    theirs = stripe_api.webhook_endpoints.create("https://other.example.com/hook/", ["invoice.paid"])
    run(URL)

    run(URL, rotate=True)

    assert stripe_world.get(theirs["id"])["enabled_events"] == ["invoice.paid"]


def test_two_of_one_address_are_pointed_out_and_a_rotation_leaves_one(stripe_world):
    run(URL)
    stripe_api.webhook_endpoints.create(URL, ["invoice.paid"])

    said = run(URL)
    run(URL, rotate=True)

    assert "--rotate leaves one endpoint" in said
    assert endpoint(stripe_world)["enabled_events"] == HANDLED_EVENTS


# Rotation -------------------------------------------------------------------------------------------------


def test_a_rotated_secret_stands_before_the_old_one(stripe_world, settings, env):
    env.write_text(f"SECRET_KEY=x\n{NAME}=whsec_old,whsec_older\nDEBUG=True\n")
    settings.DJSTRIPE_WEBHOOK_SECRET = "whsec_old,whsec_older"
    run(URL)

    run(URL, rotate=True, write_env=True)

    secret = endpoint(stripe_world)["secret"]
    assert env.read_text() == f"SECRET_KEY=x\n{NAME}={secret},whsec_old\nDEBUG=True\n"


def test_no_event_is_lost_while_the_secret_is_rotated(stripe, settings):
    """One from before is under way, one comes before the server is restarted, one after."""
    url = "http://testserver/stripe/webhook/"
    product = stripe.all("product")[0]["id"]
    stripe_api.products.save({"description": "before"}, product)
    before = stripe.pending_deliveries()

    run(url, rotate=True)
    stripe_api.products.save({"description": "between"}, product)
    between = stripe.pending_deliveries()
    refused = [post_signed(signed).status_code for signed in between]
    old, new = settings.DJSTRIPE_WEBHOOK_SECRET, endpoint(stripe)["secret"]
    settings.DJSTRIPE_WEBHOOK_SECRET = f"{new},{old}"  # restarted

    assert set(refused) == {400}  # so Stripe sends it again
    assert {post_signed(signed).status_code for signed in [*before, *between]} == {200}


def test_what_the_former_endpoint_had_not_taken_waits_in_the_inbox(stripe, settings):
    """The site was down for an hour; Stripe stops trying when the endpoint is deleted."""
    stripe_api.products.save({"name": "Pro+"}, stripe.where("product", name="Pro")[0]["id"])
    stripe.emit("payout.paid", stripe.all("product")[0])  # nobody handles it

    said = run("http://testserver/stripe/webhook/", rotate=True)
    call_command("process_webhooks", stdout=StringIO())

    assert "1 event(s) not delivered so far wait in the inbox" in said
    assert Product.objects.filter(name="Pro+").exists()


def test_if_the_secret_cannot_be_written_the_former_endpoint_goes_on(stripe_world, settings, tmp_path):
    settings.ENV_FILE = tmp_path / "no" / "such" / "folder" / ".env"
    run(URL)
    former = endpoint(stripe_world)["id"]

    with pytest.raises(CommandError, match="Set the line above by hand"):
        run(URL, rotate=True, write_env=True)

    assert stripe_world.get(former)["status"] == "enabled"


def test_if_the_answer_was_lost_a_rotation_ends_with_one_endpoint_whose_secret_is_known(stripe_world):
    stripe_world.faults.add(
        {"match": {"path": "/v1/webhook_endpoints", "method": "POST"}, "drop_response": True}
    )
    with pytest.raises(CommandError, match="Stripe"), gateway.time_budget(60):
        run(URL)

    said = run(URL, rotate=True)

    assert f"{NAME}={endpoint(stripe_world)['secret']}" in said


def test_the_former_one_goes_only_after_the_secret_was_told(stripe_world):
    run(URL)
    there = []

    setup.connect_webhooks(
        URL, rotate=True, reveal=lambda secret: there.extend(stripe_world.all("webhook_endpoint"))
    )

    assert len(there) == 2
    assert endpoint(stripe_world)


# Addresses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("https://example.com/stripe/webhook", "use https://example.com/stripe/webhook/"),
        ("https://example.com", "use https://example.com/stripe/webhook/"),
        ("https://example.com/", "use https://example.com/stripe/webhook/"),
        ("https://example.com/stripe/webhook/?x=1", "use https://example.com/stripe/webhook/"),
        ("example.com/stripe/webhook/", "https://app.example.com/stripe/webhook/"),
        ("ftp://example.com/", "https://app.example.com/stripe/webhook/"),
        ("https:///stripe/webhook/", "https://app.example.com/stripe/webhook/"),
        ("https://[::1/", "https://app.example.com/stripe/webhook/"),
        ("", None),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_one_that_does(stripe_world, url, cure):
    if cure is None:
        run(url)  # none: the site's own
        return

    with pytest.raises(CommandError) as refusal:
        run(url)

    assert cure in str(refusal.value)
    assert stripe_world.all("webhook_endpoint") == []


@pytest.mark.parametrize(
    "message",
    [
        "Invalid URL: URL must be publicly accessible.",
        'Invalid URL: http://x. URLs in livemode must begin with "https://"',
    ],
)
def test_where_stripe_cannot_send_stripe_listen_can(stripe_world, message):
    error = {"type": "invalid_request_error", "code": "url_invalid", "message": message}
    stripe_world.faults.add({"match": {"method": "POST"}, "status": 400, "error": error})

    with pytest.raises(CommandError, match="stripe listen --forward-to http://testserver/stripe/webhook/"):
        run()


def test_stripe_away_is_a_sentence_not_a_traceback(stripe_world):
    stripe_world.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    with pytest.raises(CommandError, match="Stripe"), gateway.time_budget(60):
        run(URL)


# The env file ---------------------------------------------------------------------------------------------


def test_a_new_env_file_is_for_its_owner_only(stripe_world, env):
    run(URL, write_env=True)

    assert env.read_text() == f"{NAME}={endpoint(stripe_world)['secret']}\n"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "A=new\n"),
        ("B=1", "B=1\nA=new\n"),
        ("# A=comment\nA=old\nB=1\n", "# A=comment\nA=new\nB=1\n"),
        ("export A = 'old'\nAA=1\nA=again\n", "A=new\nAA=1\n"),
        ("B=1\r\nA=old\r\n", "B=1\r\nA=new\r\n"),
        ("B=ü\n\n# end\n", "B=ü\n\n# end\nA=new\n"),
    ],
)
def test_one_variable_changes_and_the_rest_stays(tmp_path, before, after):
    path = tmp_path / "env"
    path.write_bytes(before.encode())
    path.chmod(0o640)

    write_variable(path, "A", "new")

    assert path.read_bytes().decode() == after
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert read_variable(path, "A") == "new"
    assert os.listdir(tmp_path) == ["env"]  # no half-written file is left


def test_a_linked_env_file_stays_a_link(tmp_path):
    real = tmp_path / "shared.env"
    real.write_text("A=old\n")
    (tmp_path / ".env").symlink_to(real)

    write_variable(tmp_path / ".env", "A", "new")

    assert (tmp_path / ".env").is_symlink()
    assert real.read_text() == "A=new\n"


def test_it_says_when_the_environment_wins_over_the_file(stripe_world, env, monkeypatch):
    monkeypatch.setenv(NAME, "whsec_from_the_host")

    assert "wins over" in run(URL, write_env=True)


def test_it_says_no_such_thing_when_the_environment_came_from_the_file(stripe_world, env, monkeypatch):
    env.write_text(f"{NAME}=whsec_old\n")
    monkeypatch.setenv(NAME, "whsec_old")

    assert "wins over" not in run(URL, write_env=True)


def test_an_address_with_another_path_is_made_with_a_word_of_warning(stripe_world):
    said = run("https://relay.example.com/in/42/")

    assert "takes events at /stripe/webhook/" in said
    assert "takes events at" not in run(URL)
