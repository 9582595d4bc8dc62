"""The newcomer's whole road by HTTP: mail is read, links followed, forms sent; nothing is made by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.urls import reverse

from apps.subscriptions.tests.conftest import (
    CommittingClient,
    Deliver,
    choose,
    gate_is_open,
    open_session,
    post_signed,
    value_of,
)
from apps.teams.models import Team
from stripe_sandbox.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]

PASSWORD = "a long enough pass phrase"


class Newcomer:
    """Somebody with a mailbox and a browser."""

    def __init__(self, email: str) -> None:
        self.email = email
        self.client = CommittingClient()

    def sign_up(self, address: str = "/accounts/signup/") -> HttpResponse:
        """The page after the click on the link of the mail."""
        sent = self.client.post(address, {"email": self.email, "password1": PASSWORD})
        assert sent["Location"] == reverse("account_email_verification_sent")
        link = self.link_of_mail("Confirm")
        assert self.client.get(link).status_code == 200
        return self.client.post(link, follow=True)

    def create_team(self, name: str) -> Team:
        created = self.client.post(reverse("teams:create"), {"name": name})
        return Team.objects.get(slug=created["Location"].split("/")[2])

    def invite(self, team: Team, other: Newcomer) -> None:
        answer = self.client.post(
            reverse("team:invite", args=[team.slug]), {"emails": other.email, "role": "member"}
        )
        assert answer.status_code == 302

    def join(self) -> HttpResponse:
        """From the invitation's mail, by a new account, to the team's page."""
        invitation = self.link_of_mail("invites you")
        seen = self.client.get(invitation).content.decode()
        signup = re.search(r'href="(/accounts/signup/\?next=[^"]+)"', seen)
        assert signup, "the invitation offers an account"
        self.sign_up(signup[1].replace("&amp;", "&"))
        return self.client.post(invitation, {"action": "accept"}, follow=True)

    def link_of_mail(self, about: str) -> str:
        """The path in the newest mail to this person whose text says `about`."""
        mine = [m for m in mail.outbox if m.to == [self.email] and about in f"{m.subject} {m.body}"]
        link = re.search(r"https?://testserver(/\S+)", mine[-1].body)
        assert link, mine[-1].body
        return link[1]

    def tab(self, team: Team) -> HttpResponse:
        return self.client.get(reverse("subscriptions:tab", args=[team.slug]))

    def remove(self, team: Team, other: Newcomer) -> None:
        membership = team.memberships.get(user__email=other.email)
        self.client.post(reverse("team:member_remove", args=[team.slug, membership.pk]))


@pytest.fixture
def ada() -> Newcomer:
    return Newcomer("ada@example.com")


@pytest.fixture
def ben() -> Newcomer:
    return Newcomer("ben@example.com")


def test_from_sign_up_to_the_end_of_the_plan(
    ada: Newcomer, ben: Newcomer, stripe: World, deliver_webhooks: Deliver
) -> None:
    ada.sign_up()
    team = ada.create_team("Analytical Engines")
    ada.invite(team, ben)
    ben.join()
    assert {m.user.email for m in team.memberships.select_related("user")} == {ada.email, ben.email}
    assert not gate_is_open(ben.client, team)

    pay(stripe, ada, team)
    assert set(statuses(deliver_webhooks())) == {200}

    for person in (ada, ben):
        assert gate_is_open(person.client, team)
        assert value_of(person.tab(team), "subscription-status") == "trialing"
        assert value_of(person.tab(team), "seat-count") == "2"
    assert seats_at_stripe(stripe) == 2

    cleo = Newcomer("cleo@example.com")
    ada.invite(team, cleo)
    assert seats_at_stripe(stripe) == 2
    cleo.join()
    assert seats_at_stripe(stripe) == 3
    ada.remove(team, cleo)
    assert seats_at_stripe(stripe) == 2
    assert cleo.tab(team).status_code == 404

    ada.client.post(reverse("subscriptions:cancel", args=[team.slug]))
    end = ends_at_stripe(stripe)
    assert value_of(ada.tab(team), "ends-on") == end.date().isoformat()
    assert gate_is_open(ben.client, team)

    stripe.advance(int(timedelta(days=15).total_seconds()))
    deliver_webhooks()
    assert not gate_is_open(ben.client, team)
    assert value_of(ada.tab(team), "choose-pro-month") is not None


def test_the_page_after_paying_opens_the_gate_before_any_webhook(ada: Newcomer, stripe: World) -> None:
    ada.sign_up()
    team = ada.create_team("Impatient")

    pay(stripe, ada, team)

    assert gate_is_open(ada.client, team)


def test_a_newcomer_who_was_invited_lands_in_the_team(ada: Newcomer, ben: Newcomer) -> None:
    ada.sign_up()
    team = ada.create_team("Engines")
    ada.invite(team, ben)

    page = ben.join()

    assert page.redirect_chain[-1][0] == reverse("web:dashboard", args=[team.slug])
    assert b"Engines" in page.content


def test_news_of_a_purchase_twice_and_backwards_is_one_subscription(ada: Newcomer, stripe: World) -> None:
    ada.sign_up()
    team = ada.create_team("Twice")
    choose(ada.client, team)
    stripe.complete_checkout(open_session(team))
    news = stripe.pending_deliveries()

    for signed in [*reversed(news), *news]:
        post_signed(signed)

    assert value_of(ada.tab(team), "subscription-status") == "trialing"
    assert team.subscriptions.count() == 1


def pay(stripe: World, person: Newcomer, team: Team) -> None:
    """Choose Pro by the month, pay at Checkout and come back."""
    there = choose(person.client, team)
    assert "/checkout/cs_test_" in there["Location"]
    session = open_session(team)
    stripe.complete_checkout(session)
    back = person.client.get(reverse("subscriptions:confirm", args=[team.slug]), {"session_id": session})
    assert back["Location"] == reverse("subscriptions:tab", args=[team.slug])


def statuses(answers: list[HttpResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def seats_at_stripe(stripe: World) -> int:
    return int(the_item(stripe)["quantity"])


def ends_at_stripe(stripe: World) -> datetime:
    (subscription,) = stripe.all("subscription")
    return datetime.fromtimestamp(subscription["cancel_at"] or the_item(stripe)["current_period_end"], UTC)


def the_item(stripe: World) -> dict[str, Any]:
    """The only item of the only subscription."""
    (subscription,) = stripe.all("subscription")
    with stripe:
        (item,) = stripe.render(subscription)["items"]["data"]
    return item
