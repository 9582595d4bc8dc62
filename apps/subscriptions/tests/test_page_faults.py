"""Pages: forged forms, trials promised twice, sessions that end inside a fragment, services nobody set up."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe as stripe_client
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core.tests.test_architecture import counts, routes
from apps.subscriptions.holders import billing_url
from apps.subscriptions.models import Subscription
from apps.subscriptions.tests.catalogue import sell
from apps.subscriptions.tests.conftest import calls, choose, committed, current
from apps.subscriptions.tests.factories import SubscriptionFactory
from apps.teams.models import Team
from apps.teams.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

FORGED = {
    "quantity": "1",
    "price": "price_forged",
    "price_id": "price_forged",
    "unit_amount": "1",
    "amount": "1",
    "currency": "xyz",
    "customer": "cus_forged",
    "trial_period_days": "999",
    "coupon": "ALL_FREE",
    "holder": "00000000-0000-0000-0000-000000000000",
    "proration_date": "1",
}


def sent_to(stripe: Any, since: int) -> str:
    return str([call["params"] for call in stripe.requests.since(0)[since:]])


@pytest.mark.parametrize("door", ["checkout", "change"])
def test_nothing_of_a_forged_form_reaches_stripe(stripe, holder, owner_client, buy, door):
    if door == "change":
        buy(holder, "starter")
    before = len(stripe.requests.since(0))

    owner_client.post(billing_url(door, holder), {"plan": "pro", "interval": "month", **FORGED})

    sent = sent_to(stripe, before)
    assert "pro" in sent or stripe.where("price", lookup_key="pro-month")[0]["id"] in sent
    for name, value in FORGED.items():
        if not value.isdigit():
            assert value not in sent, name
    assert "'999'" not in sent


@pytest.mark.parametrize("quantity", ["-1", "0", "1000000000", "abc", "1.5", ""])
def test_the_quantity_after_a_change_is_our_own_count(stripe, holder, owner_client, buy, quantity):
    buy(holder, "pro", "month")
    form = {"plan": "pro", "interval": "year", "quantity": quantity, "seats": quantity}

    owner_client.post(billing_url("change", holder), form)

    assert (current(holder).interval, current(holder).quantity) == ("year", holder.get_quantity())


@pytest.mark.team_holder
def test_a_team_of_ten_cannot_buy_one_seat(stripe, holder, owner_client):
    MembershipFactory.create_batch(9, team=holder)

    choose(owner_client, holder, "pro", quantity="1")

    (session,) = calls(stripe, "POST", "/v1/checkout/sessions")
    assert session["params"]["line_items"][0]["quantity"] == "10"


@pytest.mark.parametrize("page", ["tab", "pricing"])
@pytest.mark.parametrize("plan", ["pro", "starter"])
def test_a_trial_that_was_used_is_neither_promised_nor_given_again(
    stripe, holder, owner_client, page, plan, settings
):
    """The newest row had none and was never paid; an older one had it."""
    settings.TRIAL_DAYS = 14
    SubscriptionFactory(holder=holder, trialing=True, status="canceled", is_current=False)
    SubscriptionFactory(holder=holder, status="incomplete_expired", created=timezone.now())

    shown = owner_client.get(billing_url("tab", holder) if page == "tab" else reverse("pricing"))
    choose(owner_client, holder, plan)

    assert "-day trial" not in shown.content.decode()
    (session,) = calls(stripe, "POST", "/v1/checkout/sessions")
    assert "trial_period_days" not in session["params"].get("subscription_data", {})


def test_a_trial_only_stripe_remembers_counts_too(stripe, holder, owner_client, buy):
    """Our rows were lost, say with a backup that was loaded."""
    row = buy(holder, "pro")
    api = stripe_client.StripeClient("sk_test_" + 24 * "0", base_addresses={"api": stripe_client.api_base}).v1
    api.subscriptions.cancel(row.stripe_id)
    Subscription.objects.all().delete()

    choose(owner_client, holder, "pro", "year")

    session = calls(stripe, "POST", "/v1/checkout/sessions")[-1]
    assert "trial_period_days" not in session["params"]["subscription_data"]


def pages_of_a_holder(holder: Any) -> list[str]:
    """Every address that names nothing but the holder."""
    slug = getattr(holder, "slug", "")
    ours = [f"/{route}".replace("<slug:team_slug>", slug) for route, _view in routes()]
    wanted = "/a/" if slug else "/subscription/"
    return [path for path in ours if path.startswith(wanted) and "<" not in path]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_that_ended_never_swaps_a_login_page_into_a_fragment(holder, owner_client, method):
    owner_client.session.flush()
    visible = {"HX-Request": "true", "HX-Current-URL": "http://testserver/seen/?page=2"}
    paths = pages_of_a_holder(holder)

    for path in paths:
        answer = getattr(owner_client, method)(path, headers=visible)
        if answer.status_code == 405:
            continue
        assert (answer.status_code, answer.content) == (200, b""), path
        assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fseen%2F%3Fpage%3D2", path
        plain = getattr(Client(), method)(path)
        assert plain.status_code == 302, path
        assert urlsplit(plain["Location"]).path == "/accounts/login/", path

    assert len(paths) >= 10


@pytest.mark.parametrize("foreign", ["https://evil.example/x", "//evil.example/x", "javascript:alert(1)", ""])
def test_what_htmx_says_of_the_page_leads_to_no_other_site(holder, owner_client, foreign):
    owner_client.session.flush()

    answer = owner_client.get(
        billing_url("tab", holder), headers={"HX-Request": "true", "HX-Current-URL": foreign}
    )

    assert "evil" not in answer["HX-Redirect"]
    assert "javascript" not in answer["HX-Redirect"]


@pytest.mark.parametrize("status", ["", "active", "past_due", "incomplete", "canceled", "paused"])
def test_looking_at_every_page_of_billing_in_every_state_makes_nothing(stripe, holder, owner_client, status):
    if status:
        SubscriptionFactory(holder=holder, status=status)
    before, asked = counts(), len(stripe.requests.since(0))
    prefetch = {"Sec-Purpose": "prefetch"}

    for path in pages_of_a_holder(holder):
        for _time in range(2):
            owner_client.get(path, {"plan": "pro", "interval": "month"}, headers=prefetch)
        owner_client.head(path, {"plan": "pro", "interval": "month"})
        owner_client.options(path)
    for page in ("checkout", "portal", "resume"):
        assert owner_client.get(billing_url(page, holder)).status_code == 405

    made = [
        call
        for call in stripe.requests.since(0)[asked:]
        if call["method"] != "GET" and call["path"] != "/v1/invoices/create_preview"
    ]
    assert made == []
    assert counts() == before


class Dialled(AssertionError):
    pass


@pytest.mark.team_holder
def test_without_a_broker_nothing_dials_one(
    stripe, holder, owner, owner_client, buy, monkeypatch, mailoutbox
):
    """A fresh clone's settings: people are invited, change roles, a subscription is bought; teams go."""

    def refuse(self: socket.socket, address: Any) -> None:
        raise Dialled(address)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)

    owner_client.post(
        reverse("team:invite", args=[holder.slug]), {"emails": "new@example.com", "role": "admin"}
    )
    with committed():
        member = MembershipFactory(team=holder)
    owner_client.post(reverse("team:member_role", args=[holder.slug, member.pk]), {"role": "admin"})
    buy(holder, "pro")
    owner_client.post(billing_url("cancel", holder))

    member.refresh_from_db()
    assert [mail.to for mail in mailoutbox].count(["new@example.com"]) == 1
    assert member.role == "admin"
    assert current(holder).quantity == 2
    Subscription.objects.all().update(status="canceled")
    with committed():
        Team.objects.get(pk=holder.pk).delete()
    assert not Team.objects.exists()


@pytest.mark.parametrize("seats", [1, 3])
@pytest.mark.team_holder
def test_yen_stay_yen_on_every_page(stripe, holder, owner_client, client, buy, seats):
    MembershipFactory.create_batch(seats - 1, team=holder)
    sell(stripe, "pro", unit_amount=1000, currency="jpy")
    public = client.get(reverse("pricing"), {"seats": seats}).content.decode()

    row = buy(holder, "pro")

    tab = owner_client.get(billing_url("tab", holder)).content.decode()
    total = f"¥{seats * 1000:,}"
    assert row.currency == "jpy"
    for page in (public, tab):
        assert total in page
        assert "¥10" not in page.replace("¥1,000", "")
        assert ".00" not in "".join(part[:12] for part in page.split("¥")[1:])
