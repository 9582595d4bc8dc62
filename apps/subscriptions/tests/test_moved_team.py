"""A team that moves while somebody is at Stripe: the way back carries the old address, and leads home."""

from urllib.parse import urlsplit

import pytest

from apps.subscriptions.holders import billing_url
from apps.subscriptions.tests.conftest import calls, choose, current, gate_is_open, open_session
from apps.teams import services

pytestmark = pytest.mark.team_holder


@pytest.fixture
def move(holder, owner):
    def move(slug):
        moved = services.change_slug(holder, slug, by=owner)
        holder.refresh_from_db()
        return moved

    return move


def path_and_query(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_who_pays_while_the_team_moves_comes_back_to_it(stripe, holder, owner_client, move):
    choose(owner_client, holder)
    session = open_session(holder)
    was = holder.slug
    move("moved-on")

    stripe.complete_checkout(session, "4242424242424242")
    back = path_and_query(stripe.get(session)["success_url"].replace("{CHECKOUT_SESSION_ID}", session))
    response = owner_client.get(back, follow=True)

    assert back.startswith(f"/a/{was}/")
    assert response.redirect_chain[0] == (billing_url("confirm", holder) + f"?session_id={session}", 302)
    assert response.status_code == 200
    assert current(holder).status == "trialing"
    assert gate_is_open(owner_client, holder)


def test_who_gives_up_at_checkout_comes_back_too(stripe, holder, owner_client, move):
    choose(owner_client, holder)
    cancel_url = stripe.get(open_session(holder))["cancel_url"]
    move("moved-on")

    response = owner_client.get(path_and_query(cancel_url), follow=True)

    assert response.redirect_chain == [(billing_url("tab", holder), 302)]


def test_the_way_back_from_the_portal_leads_home(stripe, holder, buy, owner_client, move):
    buy(holder)
    owner_client.post(billing_url("portal", holder))
    return_url = calls(stripe, "POST", "/v1/billing_portal/sessions")[-1]["params"]["return_url"]
    move("moved-on")

    response = owner_client.get(path_and_query(return_url), follow=True)

    assert response.redirect_chain[0][0].startswith(billing_url("portal_return", holder))
    assert response.status_code == 200


def test_a_page_that_was_open_meanwhile_buys_once(stripe, holder, owner_client, move):
    was = billing_url("checkout", holder)
    move("moved-on")

    response = owner_client.post(was, {"plan": "pro", "interval": "month"})
    assert (response.status_code, response.url) == (307, billing_url("checkout", holder))

    owner_client.post(response.url, {"plan": "pro", "interval": "month"})
    assert open_session(holder)
