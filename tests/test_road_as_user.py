"""With users as holders: somebody signs up, buys for themselves, uses it, and leaves. No team is needed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.subscriptions.tests.conftest import Deliver, choose, gate_is_open, open_session, value_of
from apps.users.models import CustomUser
from stripe_sandbox.world import World
from tests.test_road_http import Newcomer

pytestmark = [pytest.mark.django_db, pytest.mark.user_holder]
DAY = 86_400


@pytest.fixture
def ada() -> Newcomer:
    person = Newcomer("ada@example.com")
    person.sign_up()
    return person


def user_of(person: Newcomer) -> CustomUser:
    return CustomUser.objects.get(email=person.email)


def test_from_sign_up_to_the_end_of_the_plan(ada: Newcomer, stripe: World, deliver_webhooks: Deliver) -> None:
    user = user_of(ada)
    assert reverse("subscriptions:tab") == "/subscription/"
    assert not gate_is_open(ada.client, user)

    choose(ada.client, user, "pro")
    stripe.complete_checkout(open_session(user))
    assert {answer.status_code for answer in deliver_webhooks()} == {200}

    assert gate_is_open(ada.client, user)
    tab = ada.client.get("/subscription/")
    assert value_of(tab, "subscription-status") == "trialing"
    assert value_of(tab, "plan-name") == "pro"
    assert value_of(tab, "seat-count") == "1"

    ada.client.post("/subscription/cancel/")
    assert value_of(ada.client.get("/subscription/"), "ends-on")
    assert gate_is_open(ada.client, user)

    stripe.advance(15 * DAY)
    deliver_webhooks()
    assert not gate_is_open(ada.client, user)
    assert value_of(ada.client.get("/subscription/"), "choose-pro-month") is not None


def test_the_page_after_paying_opens_the_gate_before_any_webhook(ada: Newcomer, stripe: World) -> None:
    choose(ada.client, user_of(ada), "pro", "year")
    session = open_session(user_of(ada))
    stripe.complete_checkout(session)

    back = ada.client.get("/subscription/confirm/", {"session_id": session})

    assert back["Location"] == "/subscription/"
    assert gate_is_open(ada.client, user_of(ada))


def test_the_portal_is_the_users_own(ada: Newcomer, stripe: World, deliver_webhooks: Deliver) -> None:
    choose(ada.client, user_of(ada), "pro")
    stripe.complete_checkout(open_session(user_of(ada)))
    deliver_webhooks()

    there = ada.client.post("/subscription/portal/")

    (session,) = stripe.all("billing_portal.session")
    assert there["Location"] == session["url"]
    assert session["customer"] == user_of(ada).stripe_customer_id
    assert session["return_url"] == "http://testserver/subscription/portal/return/"


def test_what_one_user_buys_opens_nothing_for_another(
    ada: Newcomer, stripe: World, deliver_webhooks: Deliver
) -> None:
    ben = Newcomer("ben@example.com")
    ben.sign_up()
    choose(ada.client, user_of(ada), "pro")
    stripe.complete_checkout(open_session(user_of(ada)))
    deliver_webhooks()

    assert gate_is_open(ada.client, user_of(ada))
    assert not gate_is_open(ben.client, user_of(ben))


def test_a_page_of_a_team_leads_to_the_users_own_subscription(ada: Newcomer, stripe: World) -> None:
    team = ada.create_team("Engines")

    home = ada.client.get(reverse("web:dashboard", args=[team.slug])).content.decode()

    assert 'href="/subscription/"' in home
    assert f'href="/a/{team.slug}/subscription/"' not in home
