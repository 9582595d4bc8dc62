"""Who gets in, and who may spend money."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import GATED_URLS, choose, gated_page, signed_in, value_of
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(GATED_URLS)]
PAGES = ["tab", "change", "cancel", "confirm", "portal_return"]
ACTIONS = ["checkout", "portal", "change", "cancel", "resume"]


@pytest.fixture
def member(holder):
    return signed_in(MembershipFactory(team=holder, role=Role.MEMBER).user)


@pytest.fixture
def stranger():
    return signed_in(UserFactory())


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_asked_to_sign_in_and_comes_back(holder, client, page):
    path = billing_url(page, holder)

    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.team_holder
@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_nothing(holder, stranger, page):
    assert stranger.get(billing_url(page, holder)).status_code == 404


@pytest.mark.team_holder
@pytest.mark.parametrize("action", ACTIONS)
def test_a_stranger_can_do_nothing(stripe, holder, stranger, action):
    assert stranger.post(billing_url(action, holder)).status_code == 404


@pytest.mark.team_holder
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
@pytest.mark.parametrize("action", ACTIONS)
def test_a_member_without_the_permission_is_refused(stripe, holder, member, action, headers):
    before = len(stripe.requests.since(0))

    response = member.post(billing_url(action, holder), {"plan": "pro", "interval": "month"}, headers=headers)

    assert response.status_code == 403
    assert len(stripe.requests.since(0)) == before


@pytest.mark.team_holder
@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.BILLING])
def test_owners_admins_and_billing_people_may_buy(stripe, holder, role):
    buyer = signed_in(MembershipFactory(team=holder, role=role).user)

    assert "/checkout/cs_" in choose(buyer, holder, "pro")["Location"]


@pytest.mark.team_holder
def test_a_member_before_a_closed_gate_is_told_whom_to_ask(stripe, holder, owner, member):
    response = member.get(gated_page(holder), follow=True)

    assert value_of(response, "upgrade-prompt") == ""
    assert owner.name in response.content.decode()
    assert b"choose-pro-month" not in response.content


def test_who_may_buy_sees_plans_before_a_closed_gate(stripe, holder, owner_client):
    response = owner_client.get(gated_page(holder), follow=True)

    assert value_of(response, "upgrade-prompt") == ""
    assert value_of(response, "choose-pro-month") == ""
    assert value_of(response, "plan-enterprise") == ""
    assert value_of(response, "choose-enterprise-month") is None


def test_a_closed_gate_sends_an_htmx_request_to_the_tab(holder, owner_client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/somewhere/"}

    response = owner_client.get(gated_page(holder), headers=headers)

    assert response.status_code == 200
    assert response["HX-Redirect"] == billing_url("tab", holder) + "?next=%2Fsomewhere%2F"


@pytest.mark.parametrize(
    "status", ["trialing", "active", "past_due", "unpaid", "paused", "canceled", "incomplete", "tomorrow"]
)
def test_the_gated_page_follows_the_status(stripe, holder, owner_client, status):
    SubscriptionFactory(holder=holder, status=status)

    response = owner_client.get(gated_page(holder))

    assert (response.status_code == 200) is (status in ("trialing", "active", "past_due"))
    assert owner_client.get(billing_url("tab", holder)).status_code == 200


@pytest.mark.parametrize("page", [*PAGES, *ACTIONS])
def test_looking_makes_nothing(stripe, holder, owner_client, page):
    before = len(stripe.requests.since(0))

    owner_client.head(billing_url(page, holder))
    owner_client.get(billing_url(page, holder))

    assert len(stripe.requests.since(0)) == before
    assert not holder.checkout_attempts.exists()


def test_pages_need_no_more_queries_for_more_seats_and_invoices(
    stripe, holder, owner_client, buy, deliver_webhooks
):
    buy(holder, "starter")
    count_queries_of(owner_client, holder)
    before = count_queries_of(owner_client, holder)

    for _month in range(3):
        stripe.advance(32 * 86400)
        deliver_webhooks()

    assert count_queries_of(owner_client, holder) == before


def count_queries_of(client: Client, holder) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(billing_url("tab", holder))
    return len(queries)


def test_the_public_pricing_page_costs_at_most_three_queries(stripe, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        response = client.get("/pricing/?seats=12&interval=year")

    assert "$2,320.00" in response.content.decode()
