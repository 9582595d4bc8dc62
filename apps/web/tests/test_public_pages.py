from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from apps.teams.services import create_team
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


def test_a_stranger_who_is_lost_is_not_sent_to_teams(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/nowhere/").content.decode()

    assert 'href="/"' in page
    assert 'href="/teams/"' not in page


def test_somebody_signed_in_who_is_lost_finds_their_teams(client):
    client.force_login(UserFactory())

    page = client.get("/nowhere/").content.decode()

    assert 'href="/teams/"' in page
    assert "belongs to a team you are not in" in page


def test_an_address_that_only_a_form_leads_to_says_so(client):
    owner = UserFactory()
    client.force_login(owner)
    address = reverse("team:invite", args=[create_team("Acme", by=owner).slug])

    response = client.get(address)

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "This is not a page" in response.content.decode()


ERRORS = ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503", "maintenance"]
ERROR_PAGES = [f"{name}.html" for name in ERRORS]


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_pages_need_no_request(name, settings):
    settings.CONTACT_EMAIL = "help@acme.example.com"

    page = render_to_string(name)

    assert page.count("<h1>") == 1
    assert '<a class="btn btn-primary" href="' in page
    assert "help@acme.example.com" in page or 'href="/contact/"' in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("name", ERROR_PAGES)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_error_pages_keep_the_chosen_theme(rf, name, theme):
    request = rf.get("/broken/")
    request.COOKIES["theme"] = theme

    assert f'data-theme="{theme}"' in render_to_string(name, {"request": request})


def test_the_landing_page_asks_for_the_prices_and_nothing_else(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/")


def test_one_button_stands_out_on_a_page(client):
    """The bar on top repeats it, no more."""
    for path, most in {"/": 2, "/pricing/": 2, "/contact/": 1, "/terms/": 1, "/accounts/login/": 2}.items():
        assert client.get(path).content.decode().count("btn-primary") <= most, path
