"""The link in the mail: who sees what, and who may answer."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.teams.models import Invitation, InvitationStatus, Membership
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation():
    return InvitationFactory(team=TeamFactory(name="Acme", slug="acme"), email="bob@example.com")


@pytest.fixture
def address(invitation):
    return f"/teams/invitations/{invitation.token}/"


@pytest.fixture
def bob():
    return UserFactory(email="bob@example.com")


def state(client, address):
    return client.get(address).context["state"]


@pytest.mark.parametrize("token", ["made-up", "%00", "..%2f", "é", "x" * 500])
def test_a_made_up_token_leads_nowhere(client, token):
    assert client.get(f"/teams/invitations/{token}/").status_code == 404
    assert client.post(f"/teams/invitations/{token}/").status_code == 404


def test_a_visitor_is_shown_the_way_and_back(client, address):
    response = client.get(address)

    assert response.context["state"] == "login"
    assert response.context["login_url"] == f"/accounts/login/?next={address.replace('/', '%2F')}"
    assert "Acme" in response.content.decode()


def test_a_visitors_answer_waits_for_login(client, address):
    response = client.post(address, {"action": "accept"})

    assert response.url == f"/accounts/login/?next={address}"
    assert Invitation.all_teams.get().status == InvitationStatus.PENDING


@pytest.mark.parametrize("method", ["get", "head"])
def test_mail_scanners_change_nothing(client, address, bob, method):
    client.force_login(bob)

    for _time in range(2):
        assert getattr(client, method)(address).status_code == 200
        assert getattr(client, method)(f"{address}?action=accept").status_code == 200

    assert Invitation.all_teams.get().status == InvitationStatus.PENDING
    assert not bob.teams.exists()


@pytest.mark.parametrize("method", ["options", "put", "delete", "patch", "trace"])
def test_other_ways_of_asking_are_refused(client, address, bob, method):
    client.force_login(bob)

    assert getattr(client, method)(address).status_code == 405
    assert Invitation.all_teams.get().status == InvitationStatus.PENDING


def test_the_link_stays_between_us_and_the_reader(client, address):
    """The token is in the address: no other site may learn it, no cache or search engine keep it."""
    response = client.get(address)

    html = response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in html
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)


def test_the_invited_joins_and_lands_in_the_team(client, address, bob):
    client.force_login(bob)
    assert state(client, address) == "open"

    response = client.post(address)

    assert response.url == "/a/acme/"
    assert bob.teams.get().slug == "acme"
    assert state(client, address) == "accepted"


def test_a_second_click_joins_no_second_time(client, address, bob):
    client.force_login(bob)

    assert [client.post(address).url for _time in range(2)] == ["/a/acme/"] * 2
    assert Membership.all_teams.filter(user=bob).count() == 1


def test_the_invited_declines(client, address, bob):
    client.force_login(bob)

    response = client.post(address, {"action": "decline"})

    assert response.url == "/teams/"
    assert state(client, address) == "declined"
    assert not bob.teams.exists()


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_somebody_else_is_asked_to_switch_accounts(client, address, action):
    client.force_login(UserFactory())
    assert state(client, address) == "wrong_account"

    response = client.post(address, {"action": action})

    assert response.status_code == 409
    assert "bob@example.com" in response.content.decode()
    assert Invitation.all_teams.get().status == InvitationStatus.PENDING


def test_an_unproven_address_has_to_be_proven_first(client, address):
    client.force_login(UserFactory(email="bob@example.com", verified=False))

    assert state(client, address) == "unverified"
    assert client.post(address).status_code == 409


def test_a_week_later_it_has_expired(client, address, bob):
    client.force_login(bob)

    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        client.force_login(bob)
        assert state(client, address) == "expired"
        assert client.post(address).status_code == 409

    assert not bob.teams.exists()


def test_it_is_void_once_the_inviter_left(client, address, invitation, bob):
    client.force_login(bob)
    MembershipFactory(team=invitation.team, role="owner")
    invitation.team.memberships.get(user=invitation.invited_by).delete()

    assert state(client, address) == "void"
    assert client.post(address).status_code == 409


def test_a_full_team_is_said_so(client, address, bob, plan_with_seats):
    plan_with_seats(1)
    client.force_login(bob)

    response = client.post(address)

    assert response.status_code == 409
    assert "room for 1 person" in response.content.decode()


def test_the_way_through_sign_up_and_confirmation_leads_back(client, address, mailoutbox):
    """Typed in another case than the invitation (B27)."""
    sign_up = client.get(address).context["signup_url"]
    assert 'value="bob@example.com"' in client.get(sign_up).content.decode()
    form = {"email": "Bob@Example.com", "password1": PASSWORD, "password2": PASSWORD, "next": address}

    client.post(sign_up, form)
    link = next(line for line in mailoutbox[0].body.split() if "confirm-email" in line)
    confirmed = client.post("/" + link.split("/", 3)[3], follow=True)

    assert confirmed.redirect_chain[-1][0] == address
    assert confirmed.context["state"] == "open"
    assert client.post(address).url == "/a/acme/"


def test_the_list_of_teams_shows_what_waits_for_me(client, invitation, bob):
    client.force_login(bob)

    assert list(client.get("/teams/").context["invitations"]) == [invitation]
