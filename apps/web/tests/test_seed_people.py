"""Who can sign in on a new laptop."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from apps.teams.models import Team
from apps.users.models import CustomUser
from apps.web.management.commands.seed_people import PASSWORD

pytestmark = pytest.mark.django_db


def seed() -> str:
    said = io.StringIO()
    call_command("seed_people", stdout=said)
    return said.getvalue()


def test_the_owner_can_sign_in_with_what_was_printed_and_has_a_team(client):
    said = seed()

    client.post("/accounts/login/", {"login": "owner@example.com", "password": PASSWORD})

    assert "owner@example.com" in said
    assert PASSWORD in said
    assert client.get("/a/demo/").status_code == 200


def test_staff_can_open_the_admin(client):
    seed()

    client.force_login(CustomUser.objects.get(email="admin@example.com"))

    assert client.get("/admin/").status_code == 200


def test_a_second_run_changes_nothing():
    seed()
    before = CustomUser.objects.count(), Team.objects.count()

    seed()

    assert (CustomUser.objects.count(), Team.objects.count()) == before
