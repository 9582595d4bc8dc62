"""Contact, terms and privacy: whom to write to, and nothing that is not so."""

from __future__ import annotations

import re

import pytest

from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/contact/", "/terms/", "/privacy/"])
def test_each_says_whom_to_write_to(client, settings, path, django_assert_num_queries):
    settings.CONTACT_EMAIL = "help@acme.example.com"

    with django_assert_num_queries(0):
        page = client.get(path).content.decode()

    assert '<a href="mailto:help@acme.example.com">help@acme.example.com</a>' in page


@pytest.mark.parametrize("path", ["/terms/", "/privacy/"])
def test_a_placeholder_says_that_it_is_one(client, path):
    assert 'data-testid="placeholder"' in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/", "/pricing/", "/accounts/login/"])
def test_they_are_found_at_the_foot_of_every_public_page(client, path):
    foot = client.get(path).content.decode().partition("<footer")[2]

    assert [link for link in ("/contact/", "/terms/", "/privacy/") if f'href="{link}"' not in foot] == []


def test_who_wants_to_talk_about_a_plan_is_led_to_an_address(client):
    card = client.get("/pricing/").content.decode().partition('data-testid="plan-enterprise"')[2]

    (link,) = re.findall(r'href="([^"]+)"[^>]*>Talk to us', card)
    assert client.get(link).status_code == 200


def test_every_cookie_of_ours_is_named(client):
    """Signing in with a wrong password first, choosing a colour and a language, reading a message."""
    UserFactory(email="ada@example.com")
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "ada@example.com", "password": "wrong"})
    client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    client.post("/teams/create/", {"name": "Analytical Engines"})
    client.get("/users/profile/")
    client.post("/i18n/setlang/", {"language": "en"})
    kept = {*client.cookies, "theme"}  # the last one is set by a script

    page = client.get("/privacy/").content.decode()

    assert {"sessionid", "csrftoken"} <= kept
    assert kept <= set(re.findall(r"<td><code>(\w+)</code></td>", page))


def test_cookies_are_named_as_this_server_names_them(client, settings):
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

    page = client.get("/privacy/").content.decode()

    assert "<code>__Host-sessionid</code>" in page
    assert "<code>__Host-csrftoken</code>" in page
