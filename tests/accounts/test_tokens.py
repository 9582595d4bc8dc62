"""Browsers and password managers know what each field is for."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse

from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db

FORMS = {
    "/accounts/signup/": {"email": "email", "password1": "new-password"},
    "/accounts/login/": {"login": "username", "password": "current-password"},
    "/accounts/password/reset/": {"email": "email"},
    "/accounts/login/code/": {"email": "email"},
}
SIGNED_IN = {
    "/accounts/reauthenticate/": {"password": "current-password"},
    "/accounts/password/change/": {
        "oldpassword": "current-password",
        "password1": "new-password",
        "password2": "new-password",
    },
    "/accounts/email/": {"email": "email"},
    "/accounts/2fa/totp/activate/": {"code": "one-time-code"},
    "/users/profile/": {"name": "name"},
}


def tokens(page: HttpResponse) -> dict[str, str]:
    inputs = re.findall(r"<input[^>]+>", page.content.decode())
    found = {}
    for tag in inputs:
        name, token = re.search(r'name="(\w+)"', tag), re.search(r'autocomplete="([\w -]+)"', tag)
        if name and token:
            found[name[1]] = token[1]
    return found


@pytest.mark.parametrize(("path", "expected"), FORMS.items())
def test_a_visitors_forms(newcomer: object, path: str, expected: dict[str, str]) -> None:
    customer: Customer = newcomer()  # type: ignore[operator]

    assert tokens(customer.get(path)) == expected


@pytest.mark.parametrize(("path", "expected"), SIGNED_IN.items())
def test_forms_about_the_account(ada: Customer, path: str, expected: dict[str, str]) -> None:
    ada.confirm()

    assert tokens(ada.get(path)) == expected


def test_the_second_step(ada: Customer) -> None:
    ada.turn_codes_on()
    ada.sign_out()

    assert tokens(ada.get(ada.sign_in().url)) == {"code": "one-time-code"}


def test_a_new_password_from_a_mail(ada: Customer, mailoutbox: list) -> None:
    ada.sign_out()
    ada.post("/accounts/password/reset/", {"email": "ada@example.com"})
    link = re.search(r"/accounts/password/reset/key/\S+", mailoutbox[0].body)

    assert link
    assert tokens(ada.get(link[0], follow=True)) == {"password1": "new-password", "password2": "new-password"}
