"""From the mail to the team, along the real links, for everybody who may hold such a mail."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from apps.teams import services
from apps.teams.models import Invitation, InvitationStatus
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def team():
    return TeamFactory(name="Acme", slug="acme", owner__name="Ada Lovelace")


@pytest.fixture
def invited(team, owner, mailoutbox):
    """Invites an address; returns the path its mail leads to."""

    def invite(email, role=Role.MEMBER):
        services.invite(team, [email], role, by=owner)
        return link_in(mailoutbox[-1])

    return invite


def link_in(mail, part="/"):
    """The path of the first link in the text that contains `part`; the HTML has the same one."""
    url = next(url for url in re.findall(r"https?://\S+", mail.body) if part in url)
    assert url in mail.alternatives[0].content
    return "/" + url.split("/", 3)[3]


def sign_in(client, email, next_path=""):
    form = {"login": email, "password": PASSWORD, "next": next_path}
    return client.post("/accounts/login/", form, follow=True)


def sign_up(client, address, email):
    form = {"email": email, "password1": PASSWORD, "next": address}
    return client.post("/accounts/signup/", form, follow=True)


def confirm(client, mail):
    """Opens the link of the mail that asks to prove an address, and presses its button."""
    path = link_in(mail, "confirm-email")
    client.get(path)
    return client.post(path, follow=True)


def accept(client, address):
    return client.post(address, {"action": "accept"}, follow=True)


def assert_joined(response, email):
    assert response.redirect_chain[-1][0] == "/a/acme/"
    membership = CustomUser.objects.get(email=email).memberships.get()
    assert membership.team.slug == "acme"
    assert Invitation.all_teams.get(email=email).status == InvitationStatus.ACCEPTED


def test_somebody_with_an_account_signs_in_and_joins(client, invited):
    UserFactory(email="ben@example.com")
    address = invited("Ben@Example.com")

    assert "Ada Lovelace" in client.get(address).content.decode()
    back = sign_in(client, "ben@example.com", address)

    assert back.redirect_chain[-1][0] == address
    assert_joined(accept(client, address), "ben@example.com")


def test_somebody_new_signs_up_confirms_and_joins(client, invited, mailoutbox):
    address = invited("new@example.com")
    way = client.get(address).context["signup_url"]
    assert 'value="new@example.com"' in client.get(way).content.decode()

    sign_up(client, address, "New@Example.com")
    confirmed = confirm(client, mailoutbox[-1])

    assert confirmed.redirect_chain[-1][0] == address
    assert_joined(accept(client, address), "new@example.com")


def test_who_confirms_on_another_device_finds_the_invitation_after_signing_in(client, invited, mailoutbox):
    address = invited("new@example.com")
    sign_up(client, address, "new@example.com")
    phone = Client()

    confirm(phone, mailoutbox[-1])
    landed = sign_in(phone, "new@example.com")

    assert landed.redirect_chain[-1][0] == "/teams/"
    assert address in landed.content.decode()
    assert_joined(accept(phone, address), "new@example.com")


def test_who_holds_another_account_signs_out_and_switches(client, invited):
    UserFactory(email="ben@example.com")
    client.force_login(UserFactory(email="other@example.com"))
    address = invited("ben@example.com")
    page = client.get(address).content.decode()
    assert "for ben@example.com, and you are signed in as other@example.com" in page

    out = client.post("/accounts/logout/", {"next": address}, follow=True)
    assert out.redirect_chain[-1][0] == address
    sign_in(client, "ben@example.com", address)

    assert_joined(accept(client, address), "ben@example.com")


def test_an_address_that_is_not_proven_is_proven_first(client, invited, mailoutbox):
    user = UserFactory(email="ben@example.com")
    EmailAddress.objects.create(user=user, email="work@example.com", verified=False)
    address = invited("work@example.com")
    client.force_login(user)
    assert client.get(address).context["state"] == "unverified"
    assert accept(client, address).status_code == 409

    client.post("/accounts/email/", {"action_send": "", "email": "work@example.com"})
    confirm(client, mailoutbox[-1])

    assert accept(client, address).redirect_chain[-1][0] == "/a/acme/"
    assert user.memberships.get().team.slug == "acme"


def test_a_second_proven_address_takes_what_is_meant_for_it(client, invited):
    user = UserFactory(email="ben@example.com")
    EmailAddress.objects.create(user=user, email="Work@example.com", verified=True)
    address = invited("work@example.com")
    client.force_login(user)

    assert address in client.get("/teams/").content.decode()
    assert accept(client, address).redirect_chain[-1][0] == "/a/acme/"


def test_a_plus_makes_another_address(client, invited):
    client.force_login(UserFactory(email="ben@example.com"))
    address = invited("ben+acme@example.com")

    assert client.get(address).context["state"] == "wrong_account"
    assert accept(client, address).status_code == 409
    assert address not in client.get("/teams/").content.decode()


def test_who_declines_on_the_list_of_teams_is_seen_by_the_inviter(client, team, owner, invited):
    client.force_login(UserFactory(email="ben@example.com"))
    address = invited("ben@example.com")

    declined = client.post(address, {"action": "decline"}, follow=True)
    client.force_login(owner)
    page = client.get("/a/acme/team/").content.decode()

    assert declined.redirect_chain[-1][0] == "/teams/"
    assert address not in declined.content.decode()
    assert 'data-value="ben@example.com"' in page
    assert 'data-value="declined"' in page
    assert "Send again" not in page


def leave(team, user, owner):
    services.leave_team(team, by=user)


def be_removed(team, user, owner):
    services.remove_member(team.memberships.get(user=user), by=owner)


@pytest.mark.parametrize("go", [leave, be_removed], ids=lambda go: go.__name__)
def test_a_used_invitation_is_no_way_back(client, team, owner, invited, go):
    ben = UserFactory(email="ben@example.com")
    old = invited("ben@example.com")
    client.force_login(ben)
    accept(client, old)

    go(team, ben, owner)
    refused = accept(client, old)
    new = invited("ben@example.com")

    assert refused.status_code == 409
    assert "has been accepted already" in refused.content.decode()
    assert accept(client, new).redirect_chain[-1][0] == "/a/acme/"


def decline(offer, user, owner):
    services.decline_invitation(offer, user=user)


def revoke(offer, user, owner):
    services.revoke_invitation(offer, by=owner)


@pytest.mark.parametrize("end", [decline, revoke], ids=lambda end: end.__name__)
def test_who_is_asked_anew_gets_a_new_link_and_the_old_one_stays_closed(client, owner, invited, end):
    ben = UserFactory(email="ben@example.com")
    old = invited("ben@example.com")
    end(Invitation.all_teams.get(), ben, owner)
    client.force_login(ben)

    new = invited("ben@example.com")

    assert new != old
    assert accept(client, old).status_code == 409
    assert accept(client, new).redirect_chain[-1][0] == "/a/acme/"


def test_another_admin_takes_over_what_became_void(client, team, invited):
    admin = MembershipFactory(team=team, role=Role.ADMIN, user__name="Kim Novak").user
    services.invite(team, ["ben@example.com"], Role.MEMBER, by=admin)
    address = f"/teams/invitations/{Invitation.all_teams.get().token}/"
    services.change_role(team.memberships.get(user=admin), Role.MEMBER, by=team.memberships.owners()[0].user)
    ben = Client()
    ben.force_login(UserFactory(email="ben@example.com"))
    assert ben.get(address).context["state"] == "void"
    assert address not in ben.get("/teams/").content.decode()

    client.force_login(team.memberships.owners()[0].user)
    page = client.get("/a/acme/team/").content.decode()
    client.post(f"/a/acme/team/invitations/{Invitation.all_teams.get().pk}/resend/")

    assert "Kim Novak, who sent it, may no longer invite as Member. Send it again to make it yours." in page
    assert accept(ben, address).redirect_chain[-1][0] == "/a/acme/"
