"""Behind a session that has ended nothing is left to look at."""

import json
import re

import pytest
from django.urls import reverse

from apps.teams.tests.factories import TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def owner_client(client, team):
    client.force_login(team.memberships.get().user)
    return client


@pytest.mark.parametrize(
    "name", ["team:members", "team:transfer", "team:delete", "web:dashboard", "team:roles"]
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "members"}])
def test_a_page_of_a_team_is_kept_by_no_browser(owner_client, team, name, headers):
    response = owner_client.get(reverse(name, args=[team.slug]), headers=headers)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_nor_is_the_answer_to_somebody_who_is_not_in_it(client, team):
    client.force_login(UserFactory())

    response = client.get(reverse("team:members", args=[team.slug]))

    assert response.status_code == 404
    assert "no-store" in response["Cache-Control"]


def test_what_everybody_sees_may_be_kept(client):
    assert "no-store" not in client.get("/").get("Cache-Control", "")


def test_htmx_keeps_no_pages_either(owner_client, team):
    page = owner_client.get(reverse("team:members", args=[team.slug])).content.decode()

    config = json.loads(re.search(r"""name="htmx-config" content='([^']+)'""", page)[1])

    assert config["historyCacheSize"] == 0
