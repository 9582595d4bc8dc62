"""What each role may do is said in words, from the table that decides it."""

import re

import pytest
from django.urls import reverse

from apps.teams.roles import PERMISSIONS, Permission, Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/a/acme/team/roles/"


@pytest.fixture
def team():
    return TeamFactory(slug="acme")


def allowed_on(html):
    """{role: what the page says it may do}"""
    parts = [part.split('"', 1) for part in re.split(r'data-testid="role-(?!allows)', html)[1:]]
    return {role: set(re.findall(r'"role-allows" data-value="(\w+)"', rest)) for role, rest in parts}


@pytest.mark.parametrize("role", list(Role))
def test_everybody_in_the_team_reads_what_each_role_may_do(client, team, role):
    client.force_login(MembershipFactory(team=team, role=role).user)

    html = client.get(PAGE).content.decode()

    assert allowed_on(html) == {each.value: {str(may) for may in PERMISSIONS[each]} for each in Role}
    assert html.count("Your role") == 1


def test_strangers_do_not(client, team):
    client.force_login(UserFactory())

    assert client.get(PAGE).status_code == 404


def test_every_permission_and_role_is_explained():
    texts = [each.explanation for each in (*Permission, *Role)]

    assert all(text.endswith(".") for text in texts)
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(("role", "sees"), [(Role.OWNER, True), (Role.ADMIN, True), (Role.BILLING, False)])
def test_settings_are_offered_to_who_may_change_them(client, team, role, sees):
    client.force_login(MembershipFactory(team=team, role=role).user)

    html = client.get(reverse("team:members", args=["acme"])).content.decode()
    settings = client.get(reverse("team:settings", args=["acme"]))

    assert ('href="/a/acme/team/settings/"' in html) == sees
    assert settings.status_code == (200 if sees else 403)
    assert (b'name="slug"' in settings.content) == sees
    assert (b'name="logo"' in settings.content) == sees


def test_where_a_role_is_given_a_link_says_what_it_means(client, team):
    MembershipFactory(team=team)
    client.force_login(team.memberships.owners().get().user)

    members = client.get(reverse("team:members", args=["acme"])).content.decode()
    many = client.get(reverse("team:invite_bulk", args=["acme"])).content.decode()

    assert members.count(f'href="{PAGE}"') == 3  # the invitation's form, and one for each person
    assert f'href="{PAGE}"' in many
