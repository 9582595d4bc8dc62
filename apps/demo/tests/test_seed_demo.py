from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from apps.teams.models import Team
from apps.users.models import CustomUser
from apps.web.management.commands.seed_people import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_demo_people_can_sign_in_and_see_their_team(client):
    said = io.StringIO()
    call_command("seed_demo", stdout=said)

    client.post("/accounts/login/", {"login": "member@example.com", "password": PASSWORD})

    assert PASSWORD in said.getvalue()
    assert client.get("/a/demo/").status_code == 200


@pytest.mark.parametrize("email", ["admin@example.com", "owner@example.com"])
def test_who_the_product_has_without_the_demo_is_there_too(email):
    call_command("seed_demo", stdout=io.StringIO())

    assert CustomUser.objects.filter(email=email).exists()


def test_a_second_run_changes_nothing():
    call_command("seed_demo", stdout=io.StringIO())
    before = CustomUser.objects.count(), Team.objects.count()

    call_command("seed_demo", stdout=io.StringIO())

    assert (CustomUser.objects.count(), Team.objects.count()) == before


def test_the_stranger_does_not_get_into_the_demo_team(client):
    call_command("seed_demo", stdout=io.StringIO())
    client.force_login(CustomUser.objects.get(email="stranger@example.com"))

    assert client.get("/a/demo/").status_code == 404
