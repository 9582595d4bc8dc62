from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from apps.users.tests.factories import UserFactory


def test_who_found_a_hole_finds_whom_to_tell(client: Client, settings: Any) -> None:
    settings.CONTACT_EMAIL = "help@acme.example"
    settings.SITE_DOMAIN, settings.USE_HTTPS_IN_ABSOLUTE_URLS = "app.example.com", True

    answer = client.get("/.well-known/security.txt")

    said = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert said["Contact"] == "mailto:help@acme.example"
    assert said["Canonical"] == "https://app.example.com/.well-known/security.txt"
    left = datetime.fromisoformat(said["Expires"]) - datetime.now(UTC)
    assert timedelta(days=150) < left < timedelta(days=365), "a year at most, says the RFC"


@pytest.mark.django_db
def test_a_password_manager_leads_to_the_page_where_it_is_changed(client: Client) -> None:
    client.force_login(UserFactory())

    page = client.get("/.well-known/change-password", follow=True)

    assert page.redirect_chain[-1][0].startswith("/accounts/password/change/")
    assert page.status_code == 200
