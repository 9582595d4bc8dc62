"""A whole story, with a failure for each of its doors, and everything that its log must not know."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from apps.core.tests.logs import Lines, read_log
from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import Deliver, choose, open_session, post_signed
from apps.teams.models import Invitation
from stripe_sandbox.world import World
from tests.test_road_http import PASSWORD, Newcomer

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]

CARD, REJECTED_CARD = "4242424242424242", "4000000000000341"


class Story:
    """What happens, and each secret that comes up under way."""

    def __init__(self, stripe: World, deliver: Deliver) -> None:
        self.stripe, self.deliver = stripe, deliver
        self.ada, self.ben = Newcomer("ada@example.com"), Newcomer("ben@example.com")
        self.secrets = {
            PASSWORD,
            "wrong-pass-phrase",
            CARD,
            REJECTED_CARD,
            "ada@example.com",
            "ben@example.com",
        }
        self.secrets |= {
            settings.SECRET_KEY,
            settings.STRIPE_TEST_SECRET_KEY,
            settings.DJSTRIPE_WEBHOOK_SECRET,
        }

    def tell(self) -> None:
        self.come()
        self.stumble_at_the_doors()
        self.buy()
        self.stripe_has_a_bad_day()
        self.end()

    def come(self) -> None:
        self.ada.sign_up()
        self.team = self.ada.create_team("Analytical Engines")
        self.ada.invite(self.team, self.ben)
        self.ben.join()
        self.secrets |= set(Invitation.all_teams.values_list("token", flat=True))
        self.secrets |= {link for sent in mail.outbox for link in keys_in(sent.body)}
        self.ada.client.post(reverse("account_reset_password"), {"email": "ben@example.com"})
        self.secrets |= set(keys_in(mail.outbox[-1].body))

    def stumble_at_the_doors(self) -> None:
        for secret_path in (
            "/teams/invitations/0therT0ken/",
            "/teams/invitations/0therT0ken",
            "/accounts/confirm-email/0therK3y/",
            "/accounts/password/reset/key/1-0therK3y/",
            "/nowhere/?email=ada@example.com&password=wrong-pass-phrase",
        ):
            self.ben.client.get(secret_path)
        self.ben.client.post(
            "/accounts/login/", {"login": "ada@example.com", "password": "wrong-pass-phrase"}
        )
        self.secrets |= {"0therT0ken", "0therK3y"}

    def buy(self) -> None:
        choose(self.ada.client, self.team)
        session = open_session(self.team)
        self.secrets.add(session)
        self.ada.client.get(billing_url("confirm", self.team), {"session_id": session})
        self.ada.client.get(billing_url("confirm", self.team), {"session_id": "cs_test_0therS3ssion"})
        self.secrets.add("cs_test_0therS3ssion")
        self.stripe.complete_checkout(session, REJECTED_CARD)
        self.ada.client.get(billing_url("confirm", self.team), {"session_id": session})
        self.somebody_else_sends_news()
        self.deliver()
        portal = self.ada.client.post(billing_url("portal", self.team))["Location"]
        self.secrets.add(portal.rsplit("/", 1)[1])

    def somebody_else_sends_news(self) -> None:
        signed = self.stripe.pending_deliveries(take=False)[0]
        forged = f"{signed.headers['Stripe-Signature']}0"
        self.secrets.add(forged)
        post_signed(replace(signed, headers={**signed.headers, "Stripe-Signature": forged}))

    def stripe_has_a_bad_day(self) -> None:
        for how in ({"status": 500}, {"status": 401}, {"drop_response": True}):
            self.stripe.faults.add({"match": {"path": "/v1/*"}, "times": 2, **how})
            self.ada.client.post(billing_url("portal", self.team))
            self.stripe.faults.clear()

    def end(self) -> None:
        self.ada.client.post(billing_url("cancel", self.team))
        self.deliver()
        for person in (self.ada, self.ben):
            self.secrets |= {
                morsel.value for morsel in person.client.cookies.values() if len(morsel.value) > 8
            }


def keys_in(text: str) -> Iterator[str]:
    """What a link opens a door with."""
    for path in re.findall(r"https?://testserver(/\S+)", text):
        yield from (part for part in path.split("/") if len(part) > 20)


@pytest.fixture
def story(stripe: World, deliver_webhooks: Deliver) -> Story:
    return Story(stripe, deliver_webhooks)


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_the_log_of_a_story_tells_no_secret(story: Story, log_format: str) -> None:
    with read_log(log_format) as log:
        story.tell()

    assert len(story.secrets) > 15
    assert [secret for secret in story.secrets if secret in log.text] == []
    assert not re.search(r"[\w.]+@[\w.]+", log.text)


def test_the_story_can_be_followed(story: Story) -> None:
    with read_log() as log:
        story.tell()

    owner = story.team.memberships.owners().get().user
    told = {
        fact: {line[fact] for line in log.facts() if fact in line}
        for fact in ("user_id", "team", "request_id")
    }
    assert str(owner.pk) in told["user_id"]
    assert told["team"] == {str(story.team.pk)}
    assert len(told["request_id"]) > 20
    calls = log.facts("Stripe: ")
    assert {call["stripe_request_id"][:4] for call in calls if call["status"] == 200} == {"req_"}
    assert {call["status"] for call in calls} >= {200, 401, 500, None}
    assert log.facts("Event evt_")
    assert log.facts("Refused a webhook")
    assert all_are_objects(log)


def all_are_objects(log: Lines) -> bool:
    return all({"timestamp", "level", "logger", "event"} <= set(json.loads(line)) for line in log.lines)


def test_nothing_of_a_payload_is_in_the_log(story: Story) -> None:
    with read_log(level=logging.INFO) as log:
        story.tell()

    longest = max(len(line["event"]) for line in log.facts())
    assert longest < 500
    assert '"object": "' not in log.text
