from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_landing_page_leads_to_sign_up_and_prices(client):
    page = client.get("/").content.decode()

    assert 'href="/accounts/signup/"' in page
    assert 'href="/pricing/"' in page


def test_somebody_signed_in_is_led_to_their_teams_instead(client):
    client.force_login(UserFactory())

    page = client.get("/").content.decode()

    assert 'href="/teams/"' in page
    assert "Start free</span>" not in page.split("<main")[0]


@pytest.mark.parametrize(
    ("chosen", "shown"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')]
)
def test_the_chosen_theme_comes_with_the_page(client, chosen, shown):
    client.cookies["theme"] = chosen

    assert shown in client.get("/").content.decode()


def test_a_made_up_theme_is_ignored(client):
    client.cookies["theme"] = '"><script>'

    page = client.get("/").content.decode()

    assert "data-theme=" not in page
    assert "><script>" not in page


def test_an_unknown_address_says_so_and_where_to_go(client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html"]
)
def test_error_pages_need_no_request(name):
    page = render_to_string(name)

    assert "<h1>" in page
    assert 'href="/"' in page
