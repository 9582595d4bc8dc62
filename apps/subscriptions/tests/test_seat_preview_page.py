"""The price before the click: in the invite box as one types, on a page of its own without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Subscription
from apps.subscriptions.tests.conftest import calls, current, signed_in, value_of
from apps.teams.models import Invitation
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]
PREVIEW = "/v1/invoices/create_preview"


def asked(client: Client, team: Any, emails: str, **more: Any) -> Any:
    """As the box asks while somebody types."""
    form = {"emails": emails, "role": "member", **more}
    return client.post(billing_url("seats_preview", team), form, headers={"HX-Request": "true"})


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def data_of(response: Any) -> dict[str, str]:
    tag = re.search(r'<[^>]*data-testid="proration-preview"[^>]*>', response.content.decode())[0]
    return dict(re.findall(r'data-([a-z]+)="([^"]*)"', tag))


def test_the_box_says_what_two_people_cost(stripe, pro, owner_client):
    answer = asked(owner_client, pro, "ada@example.com, bob@example.com")

    data = data_of(answer)
    row = current(pro)
    assert (data["value"], data["seats"], data["more"]) == ("0", "3", "4000")
    assert data["from"] == row.current_period_end.date().isoformat()
    assert 0 < int(data["prorated"]) < 40_00
    assert "Adds 2 seats. Nothing today; $" in text_of(answer)
    assert "$40.00 a month more." in text_of(answer)
    assert b"<html" not in answer.content
    assert not Invitation.all_teams.exists()


def test_a_year_is_charged_today(stripe, holder, buy, deliver_webhooks, owner_client):
    buy(holder, "pro", "year")
    stripe.advance(20 * 86400)
    deliver_webhooks()

    answer = asked(owner_client, holder, "ada@example.com")

    assert 190_00 < int(value_of(answer, "proration-preview")) < 200_00
    assert re.search(r"Adds 1 seat\. \$19\d\.\d\d today, then \$200\.00 a year more from ", text_of(answer))


def test_only_who_would_be_invited_is_counted(stripe, pro, owner_client):
    MembershipFactory(team=pro, user__email="member@example.com")
    InvitationFactory(team=pro, email="invited@example.com")
    typed = (
        "new@example.com NEW@example.com member@example.com invited@example.com nonsense owner@example.com"
    )

    answer = asked(owner_client, pro, typed)

    assert data_of(answer)["more"] == "2000"
    assert "Adds 1 seat." in text_of(answer)
    assert "1 open invitation is not in it." in text_of(answer)


@pytest.mark.parametrize("typed", ["", "   ", "nonsense", "a@", "\x00", "owner@example.com", "x" * 30_000])
def test_with_nobody_to_invite_nothing_is_asked(stripe, pro, owner_client, typed):
    before = len(calls(stripe, "POST", PREVIEW))

    answer = asked(owner_client, pro, typed)

    assert answer.status_code == 200
    assert value_of(answer, "proration-preview") == ""
    assert len(calls(stripe, "POST", PREVIEW)) == before


def test_the_same_question_within_a_minute_asks_stripe_once(stripe, pro, owner_client):
    asked(owner_client, pro, "ada@example.com")
    first = len(calls(stripe, "POST", PREVIEW))

    again = asked(owner_client, pro, "bob@example.com")

    assert data_of(again)["more"] == "2000"
    assert first == 2
    assert len(calls(stripe, "POST", PREVIEW)) == first


def test_who_joined_meanwhile_makes_it_another_question(stripe, pro, owner_client):
    asked(owner_client, pro, "ada@example.com")
    MembershipFactory(team=pro)

    assert data_of(asked(owner_client, pro, "ada@example.com"))["seats"] == "3"


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 429}, {"status": 400}, {"drop_response": True}]
)
def test_without_an_answer_of_stripe_nobody_is_kept_from_inviting(stripe, pro, owner_client, fault):
    stripe.faults.add({"match": {"path": PREVIEW}, "times": None, **fault})

    answer = asked(owner_client, pro, "ada@example.com")

    assert answer.status_code == 200
    assert "We cannot ask Stripe for the price right now. You can invite all the same" in text_of(answer)
    owner_client.post(
        reverse("team:invite", args=[pro.slug]), {"emails": "ada@example.com", "role": "member"}
    )
    assert pro.invitations.count() == 1


def test_where_tax_needs_an_address_the_cure_is_named(stripe, pro, owner_client):
    refusal = {"type": "invalid_request_error", "code": "customer_tax_location_invalid", "message": "Where?"}
    stripe.faults.add({"match": {"path": PREVIEW}, "times": None, "status": 400, "error": refusal})

    answer = asked(owner_client, pro, "ada@example.com")

    assert "Stripe needs an address to work out the tax." in text_of(answer)
    assert "You can invite all the same" in text_of(answer)


def test_while_stripe_is_away_it_is_not_asked_again_at_each_key(stripe, pro, owner_client):
    stripe.faults.add({"match": {"path": PREVIEW}, "times": None, "status": 503})
    asked(owner_client, pro, "ada@example.com")
    first = len(calls(stripe, "POST", PREVIEW))

    again = asked(owner_client, pro, "ada@example.com, bob@example.com")

    assert "We cannot ask Stripe for the price right now." in text_of(again)
    assert len(calls(stripe, "POST", PREVIEW)) == first == 1


def test_without_javascript_a_page_shows_it_and_keeps_what_was_typed(stripe, pro, owner_client):
    members = owner_client.get(reverse("team:members", args=[pro.slug])).content.decode()
    assert f'formaction="{billing_url("seats_preview", pro)}"' in members

    page = owner_client.post(
        billing_url("seats_preview", pro), {"emails": "ada@example.com\nbob@example.com", "role": "admin"}
    )

    body = page.content.decode()
    assert data_of(page)["more"] == "4000"
    assert "ada@example.com\nbob@example.com</textarea>" in body
    assert '<option value="admin" selected>' in body
    assert f'action="{reverse("team:invite", args=[pro.slug])}"' in body
    assert "Send 2 invitations" in body


def test_the_page_of_a_number_can_be_linked_to(stripe, pro, owner_client):
    page = owner_client.get(billing_url("seats_preview", pro), {"added": "5"})

    assert data_of(page)["more"] == "10000"


@pytest.mark.parametrize("added", ["", "-1", "0", "many", "1.5", "\x00", "9" * 400, "10001"])
def test_what_is_no_number_of_people_is_nobody(stripe, pro, owner_client, added):
    answer = owner_client.get(billing_url("seats_preview", pro), {"added": added})

    assert answer.status_code == 200


def test_looking_at_the_head_asks_nobody(stripe, pro, owner_client):
    before = len(stripe.requests.since(0))

    assert owner_client.head(billing_url("seats_preview", pro), {"added": "5"}).status_code == 200
    assert len(stripe.requests.since(0)) == before


def test_a_flat_plan_says_so_and_how_many_fit(stripe, holder, buy, owner_client):
    buy(holder, "starter")
    before = len(calls(stripe, "POST", PREVIEW))

    answer = asked(owner_client, holder, "a@example.com b@example.com c@example.com d@example.com")

    assert "Starter is one price for all: nobody costs more." in text_of(answer)
    assert "2 more people find no room in your plan." in text_of(answer)
    assert len(calls(stripe, "POST", PREVIEW)) == before


def test_without_a_plan_nobody_costs_anything(stripe, holder, owner_client):
    answer = asked(owner_client, holder, "a@example.com")

    assert "There is no paid plan, so adding people costs nothing." in text_of(answer)
    assert value_of(answer, "proration-preview") == "0"


STATES: dict[str, tuple[dict[str, Any], str]] = {
    "unpaid": ({"status": "unpaid"}, "An invoice is not paid"),
    "paused": ({"status": "paused"}, "Your plan is paused"),
    "incomplete": ({"status": "incomplete"}, "Your first payment is not finished."),
    "on hold": ({"collection_paused": True}, "Payments are on hold"),
    "over": ({"status": "canceled"}, "There is no paid plan"),
    "unknown word": ({"status": "of_tomorrow"}, "a state we do not know"),
    "unknown product": ({"plan_slug": ""}, "Your plan is not billed by seats"),
    "metered": ({"quantity": None}, "Pro is billed by use"),
}


@pytest.mark.parametrize("state", STATES)
def test_where_nothing_can_be_reckoned_the_sentence_says_why(stripe, pro, owner_client, state):
    values, words = STATES[state]
    Subscription.objects.filter(holder=pro).update(**values)
    before = len(stripe.requests.since(0))

    answer = asked(owner_client, pro, "a@example.com")

    assert words in text_of(answer)
    assert len(stripe.requests.since(0)) == before


@pytest.mark.parametrize(("role", "status"), [(Role.MEMBER, 403), (Role.BILLING, 403), (Role.ADMIN, 200)])
def test_only_who_may_invite_is_told(stripe, pro, role, status):
    client = signed_in(MembershipFactory(team=pro, role=role).user)

    assert asked(client, pro, "a@example.com").status_code == status


def test_strangers_find_nothing(stripe, pro):
    assert asked(signed_in(MembershipFactory().user), pro, "a@example.com").status_code == 404
