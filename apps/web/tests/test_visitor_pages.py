"""Public pages are made once for all visitors, and nobody else is given a visitor's."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client
from django.urls import reverse

from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PUBLIC = ["/", "/pricing/", "/contact/", "/terms/", "/privacy/"]


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.VISITOR_PAGE_SECONDS = 60


@pytest.fixture
def visitor():
    return Client()


@pytest.mark.parametrize("path", PUBLIC)
def test_a_second_visitor_is_shown_the_same_page_without_a_question(path, django_assert_num_queries):
    first = Client().get(path)

    with django_assert_num_queries(0):
        second = Client().get(path)

    assert second.content == first.content
    assert {**second.headers, "X-Request-ID": ""} == {**first.headers, "X-Request-ID": ""}
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_holds_no_token(visitor, path):
    page = visitor.get(path)

    assert not page.cookies
    assert "csrf" not in page.content.decode().replace("csrftoken", "") or path == "/privacy/"
    assert "Cookie" in page.headers["Vary"]
    assert "nonce" not in page.headers["Content-Security-Policy"]  # it would be everybody's


def test_somebody_signed_in_sees_their_own_bar(visitor):
    visitor.get("/")
    member = Client()
    member.force_login(UserFactory())

    assert reverse("teams:list") in member.get("/").content.decode()
    assert reverse("teams:list") not in visitor.get("/").content.decode()


def test_whoever_signs_out_is_told_so_on_the_next_page(visitor):
    visitor.get("/")
    visitor.force_login(UserFactory())

    page = visitor.post(reverse("account_logout"), follow=True)

    assert "signed out" in page.content.decode()
    assert "signed out" not in Client().get("/").content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "Pricing"), ("fr", "Tarifs")])
def test_each_language_has_its_own(language, words):
    Client().get("/", headers={"accept-language": "fr" if language == "en" else "en"})

    page = Client().get("/", headers={"accept-language": language})

    assert words in page.content.decode()
    assert page.headers["Content-Language"] == language


def test_a_theme_that_was_chosen_is_kept_apart():
    light = Client().get("/").content.decode()
    dark = _with_cookie("theme", "dark").get("/").content.decode()

    assert 'data-theme="dark"' in dark
    assert 'data-theme="dark"' not in light
    assert _with_cookie("theme", '"><script>').get("/").content.decode() == light


def test_a_browser_that_unpacks_gets_it_packed_and_another_does_not():
    packed = Client().get("/", headers={"accept-encoding": "gzip"})
    again = Client().get("/", headers={"accept-encoding": "gzip"})
    plain = Client().get("/")

    assert packed.headers["Content-Encoding"] == again.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(again.content) == plain.content


def test_what_is_asked_in_particular_is_answered_in_particular(visitor):
    usual = visitor.get("/pricing/").content
    seats = visitor.get("/pricing/?seats=7").content
    part = visitor.get("/pricing/", headers={"hx-request": "true"}).content

    assert len({usual, seats, part}) == 3
    assert visitor.get("/pricing/").content == usual


def test_nobody_s_page_is_kept_in_its_place(visitor):
    """A 404, and a page with a form."""
    assert visitor.get("/nowhere/").status_code == 404
    first, second = (Client().get(reverse("account_login")).content for _ in range(2))

    assert first != second  # each with a token of its own


def test_a_visitor_chooses_a_language_without_a_token():
    visitor = Client(enforce_csrf_checks=True)

    visitor.post(reverse("set_language"), {"language": "fr", "next": "/"})

    assert "Tarifs" in visitor.get("/").content.decode()


def test_nobody_else_chooses_for_somebody_signed_in():
    person = UserFactory(language="en")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)

    answer = browser.post(reverse("set_language"), {"language": "fr", "next": "/"})

    person.refresh_from_db()
    assert (answer.status_code, person.language) == (403, "en")


def _with_cookie(name, value):
    client = Client()
    client.cookies[name] = value
    return client
