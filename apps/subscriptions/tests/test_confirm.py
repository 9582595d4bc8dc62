"""Back from Checkout: right before, without and after the webhook."""

from __future__ import annotations

import pytest
import stripe as stripe_client

from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import CheckoutAttempt, Subscription
from apps.subscriptions.tests.conftest import (
    GATED_URLS,
    choose,
    current,
    gate_is_open,
    gated_page,
    open_session,
    signed_in,
)
from apps.subscriptions.tests.factories import make_holder
from apps.teams.roles import Role
from apps.users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(GATED_URLS)]


def come_back(client, holder, session, **more):
    return client.get(billing_url("confirm", holder), {"session_id": session, **more})


@pytest.fixture
def paid(stripe, holder, owner_client) -> str:
    """A session that was paid, and no webhook yet."""
    choose(owner_client, holder, "starter")
    session = open_session(holder)
    stripe.complete_checkout(session)
    return session


def test_after_the_webhook_stripe_is_not_asked_again(stripe, holder, owner_client, paid, deliver_webhooks):
    deliver_webhooks()
    asked = stripe.requests.count

    response = come_back(owner_client, holder, paid)

    assert response["Location"] == billing_url("tab", holder)
    assert stripe.requests.count == asked


def test_before_the_webhook_the_plan_is_on_and_the_attempt_closed(stripe, holder, owner_client, paid):
    come_back(owner_client, holder, paid)

    assert gate_is_open(owner_client, holder)
    assert CheckoutAttempt.objects.get().closed_at is not None


def test_with_stripe_away_the_page_says_activating_and_looks_again_by_itself(
    stripe, holder, owner_client, paid
):
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    page = come_back(owner_client, holder, paid).content.decode()

    assert "Activating your plan" in page
    assert "look=1" in page
    assert "choose-" not in page  # no second checkout is offered
    stripe.faults.clear()
    assert come_back(owner_client, holder, paid, look="1").status_code == 302


@pytest.mark.parametrize("look", ["20", "99999", "9" * 5000])
def test_it_does_not_look_for_ever(stripe, holder, owner_client, paid, look):
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    page = come_back(owner_client, holder, paid, look=look)

    answers = page.content.decode()
    assert page.status_code == 200
    assert ("hx-trigger" in answers) is (look == "9" * 5000)  # a number Python does not read is none


@pytest.mark.parametrize("look", ["", "-5", "abc", "\x00", "1e3"])
def test_an_odd_number_of_looks_is_none(stripe, holder, owner_client, paid, look):
    stripe.faults.add({"match": {"path": "/v1/*"}, "times": None, "status": 500})

    assert "look=1" in come_back(owner_client, holder, paid, look=look).content.decode()


def test_looking_by_htmx_it_leads_on_in_the_browser(stripe, holder, owner_client, paid):
    response = owner_client.get(
        billing_url("confirm", holder), {"session_id": paid}, headers={"HX-Request": "true"}
    )

    assert response["HX-Redirect"] == billing_url("tab", holder)


def test_an_expired_page_says_so(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    session = open_session(holder)
    stripe.advance(86400 + 60)

    response = owner_client.get(billing_url("confirm", holder), {"session_id": session}, follow=True)

    assert "That payment page has expired, and nothing was charged" in response.content.decode()
    assert CheckoutAttempt.objects.get().closed_at is not None


def test_a_bookmark_of_a_subscription_that_has_ended_waits_for_nothing(
    stripe, holder, owner_client, paid, deliver_webhooks
):
    deliver_webhooks()
    stripe_client.Subscription.cancel(current(holder).stripe_id, api_key="sk_test_" + 24 * "0")
    deliver_webhooks()

    response = owner_client.get(billing_url("confirm", holder), {"session_id": paid}, follow=True)

    assert "That subscription has ended" in response.content.decode()


def test_a_session_stripe_forgot_is_expired(stripe, holder, owner_client):
    choose(owner_client, holder, "pro")
    CheckoutAttempt.objects.update(session_id="cs_test_of_another_account")

    response = owner_client.get(
        billing_url("confirm", holder), {"session_id": "cs_test_of_another_account"}, follow=True
    )

    assert "That payment page has expired" in response.content.decode()


@pytest.mark.parametrize(
    "session", ["", "cs_test_madeup", "cs_\x00", "cs_" + "x" * 10_000, "%00", "sub_1", "💥"]
)
def test_a_made_up_session_opens_nothing_even_while_an_answer_is_lost(stripe, holder, owner_client, session):
    """An attempt whose answer was lost has no session id: "" must not find it."""
    stripe.faults.add(
        {"match": {"method": "POST", "path": "/v1/checkout/sessions"}, "times": 1, "status": 500}
    )
    choose(owner_client, holder, "pro")

    response = owner_client.get(billing_url("confirm", holder), {"session_id": session}, follow=True)

    assert "We know nothing of that payment" in response.content.decode()
    assert not Subscription.objects.exists()


def test_head_reads_nothing_back(stripe, holder, owner_client, paid):
    response = owner_client.head(billing_url("confirm", holder), {"session_id": paid})

    assert response.status_code == 200
    assert not Subscription.objects.exists()


def test_the_page_to_go_on_to_is_that_of_the_team_that_paid(stripe, holder, owner, owner_client, paid):
    other = UserFactory()
    gated = gated_page(holder)
    theirs = make_holder(other)
    client = signed_in(other)
    choose(client, theirs, "starter", next=gated)
    session = open_session(theirs)
    stripe.complete_checkout(session)

    stored = client.session["after_checkout"]
    assert stored == {"holder": str(theirs.pk), "path": gated}
    assert come_back(client, theirs, session)["Location"] == gated
    assert "after_checkout" not in client.session


@pytest.mark.team_holder
def test_a_member_who_may_not_buy_confirms_nothing(stripe, holder, paid):
    member = UserFactory()
    holder.memberships.create(user=member, role=Role.MEMBER)

    response = come_back(signed_in(member), holder, paid)

    assert response.status_code == 403
    assert not Subscription.objects.exists()
