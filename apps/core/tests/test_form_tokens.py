"""A form carries a token of the one who asked, and no page tells the mark it stands for."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.form_tokens import MARK
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')


@pytest.fixture
def browser():
    """As strict as a browser's: a form without its token is refused."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    return client


def test_every_form_of_a_page_has_the_token_that_opens_it(browser):
    page = browser.get(reverse("teams:create")).content.decode()
    tokens = set(TOKEN.findall(page))

    answer = browser.post(
        reverse("teams:create"), {"name": "Acme", "csrfmiddlewaretoken": tokens.pop(), "next": ""}
    )

    assert answer.status_code == 302
    assert not tokens
    assert MARK not in page


def test_what_is_remembered_of_one_person_s_page_is_no_key_to_another_s(browser):
    first = TOKEN.search(browser.get(reverse("teams:list")).content.decode())[1]
    other = Client(enforce_csrf_checks=True)
    other.force_login(UserFactory())
    second = TOKEN.search(other.get(reverse("teams:list")).content.decode())[1]

    answer = other.post(reverse("teams:create"), {"name": "Acme", "csrfmiddlewaretoken": first})

    assert first != second
    assert answer.status_code == 403


def test_each_answer_has_a_token_of_its_own(browser):
    """BREACH: what is compressed must not repeat."""
    pages = [browser.get(reverse("teams:list")).content.decode() for _twice in range(2)]

    assert TOKEN.search(pages[0])[1] != TOKEN.search(pages[1])[1]


def test_somebody_who_writes_the_word_of_a_token_gets_no_token(browser):
    page = browser.post(
        reverse("teams:create"),
        {"name": "csrf_token {{ csrf_token }}", "csrfmiddlewaretoken": _token(browser)},
        follow=True,
    )

    assert "csrf_token {{ csrf_token }}" in page.content.decode()


@pytest.mark.parametrize(
    "address", ["account_login", "account_signup", "account_reset_password", "admin:login"]
)
def test_pages_of_others_have_it_too(address):
    visitor = Client(enforce_csrf_checks=True)

    page = visitor.get(reverse(address), follow=True).content.decode()

    assert TOKEN.search(page)
    assert MARK not in page


def test_an_error_before_the_page_holds_no_mark(browser):
    """Whatever refuses a request earlier answers with a page, too."""
    answer = browser.post("/", b"x", content_type="text/plain; charset=utf-16")

    assert answer.status_code == 400
    assert MARK not in answer.content.decode()


def _token(browser):
    return TOKEN.search(browser.get(reverse("teams:create")).content.decode())[1]
