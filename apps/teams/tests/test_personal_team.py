"""A team of one's own after signing up, where the setting asks for it."""

import re

import pytest
from allauth.account.models import EmailAddress

from apps.core.tests.races import at_once
from apps.teams import services
from apps.teams.models import Team
from apps.teams.personal import make_personal_team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, TeamFactory
from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_for(settings, plan_with_seats):
    settings.PERSONAL_TEAM_ON_SIGNUP = True


def sign_up(client, email):
    return client.post("/accounts/signup/", {"email": email, "password1": PASSWORD})


def confirm(client, mailoutbox):
    """Follows the link of the newest mail, as far as it leads."""
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", mailoutbox[-1].body)[1]
    return client.post(link, follow=True)


def test_a_newcomer_confirms_the_address_and_stands_in_a_team(client, mailoutbox):
    sign_up(client, "ada@example.com")
    assert not Team.objects.exists()

    response = confirm(client, mailoutbox)

    team = Team.objects.get()
    assert (team.name, team.slug) == ("ada's team", "adas-team")
    assert response.redirect_chain[-1][0] == "/a/adas-team/"
    assert team.memberships.owners().get().user.email == "ada@example.com"


def test_without_the_setting_nobody_gets_one(client, mailoutbox, settings):
    settings.PERSONAL_TEAM_ON_SIGNUP = False
    sign_up(client, "ada@example.com")

    response = confirm(client, mailoutbox)

    assert not Team.objects.exists()
    assert response.redirect_chain[-1][0] == "/teams/"


def test_who_is_invited_is_led_to_the_invitation(client, mailoutbox):
    InvitationFactory(email="ada@example.com")
    sign_up(client, "ada@example.com")

    response = confirm(client, mailoutbox)

    assert Team.objects.count() == 1
    assert response.redirect_chain[-1][0] == "/teams/"


def test_an_invitation_that_is_over_keeps_nobody_from_a_team(client, mailoutbox):
    offer = InvitationFactory(email="ada@example.com")
    services.revoke_invitation(offer, by=offer.invited_by)
    sign_up(client, "ada@example.com")

    confirm(client, mailoutbox)

    assert Team.objects.count() == 2


def test_a_second_address_makes_no_second_team(client, mailoutbox):
    sign_up(client, "ada@example.com")
    confirm(client, mailoutbox)
    client.post("/accounts/email/", {"action_add": "", "email": "ada@elsewhere.example"})

    confirm(client, mailoutbox)

    assert EmailAddress.objects.filter(verified=True, email="ada@elsewhere.example").exists()
    assert Team.objects.count() == 1


def test_who_left_their_team_has_had_one():
    ada = UserFactory()
    first = services.create_team("First", by=ada)
    services.add_member(first, UserFactory(), Role.OWNER, by=ada)
    services.leave_team(first, by=ada)

    assert make_personal_team(ada) is None


def test_an_address_that_is_not_proven_is_not_enough():
    assert make_personal_team(UserFactory(verified=False)) is None
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("name", "team_name"),
    [
        ("Ada Lovelace", "Ada Lovelace's team"),
        ("", "ada's team"),
        ("n" * 150, "n" * 93 + "'s team"),
        ("Ada \u202egnp.exe", "My team"),
        ("\u0301", "My team"),
    ],
    ids=["a name", "none", "a long one", "one that deceives", "an accent alone"],
)
def test_the_team_is_called_after_the_person(name, team_name):
    ada = UserFactory(name=name, email="ada+news@example.com")

    assert make_personal_team(ada).name == team_name


@pytest.mark.django_db(transaction=True)
def test_the_link_opened_twice_at_once_makes_one_team():
    ada = UserFactory()

    made = at_once(*[lambda: make_personal_team(ada)] * 4)

    assert len([team for team in made if team]) == 1
    assert Team.objects.get().memberships.count() == 1


def test_a_member_of_a_team_gets_no_other():
    team = TeamFactory()

    assert make_personal_team(team.memberships.get().user) is None
    assert Team.objects.count() == 1
