"""A zero byte, which PostgreSQL takes in no text, is refused at every field of an account's forms: no 500."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.users.tests.factories import PASSWORD
from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db
ZERO = "a\x00b"
VISITORS = {
    "/accounts/login/": {"login": "ada@example.com", "password": PASSWORD, "remember": "on", "next": "/"},
    "/accounts/signup/": {
        "email": "new@example.com",
        "password1": PASSWORD,
        "time_zone": "UTC",
        "next": "/",
    },
    "/accounts/password/reset/": {"email": "ada@example.com", "next": "/"},
    "/accounts/login/code/": {"email": "ada@example.com", "next": "/"},
    "/accounts/login/code/confirm/": {"code": "BBBB-BBBB", "action": "verify", "next": "/"},
    "/accounts/2fa/webauthn/login/": {"credential": "{}", "next": "/"},
    "/accounts/google/login/": {"process": "login", "next": "/", "scope": "x"},
}
SIGNED_IN = {
    "/users/profile/": {"name": "Ada", "time_zone": "UTC", "language": "en"},
    "/users/profile/picture/": {"remove": "1", "picture": "x"},
    "/users/sessions/": {"session": "1"},
    "/accounts/email/": {"action_add": "", "email": "new@example.com"},
    "/accounts/password/change/": {"oldpassword": PASSWORD, "password1": "x", "password2": "x"},
    "/accounts/reauthenticate/": {"password": PASSWORD, "next": "/"},
    "/accounts/2fa/reauthenticate/": {"code": "123456", "next": "/"},
    "/accounts/2fa/totp/activate/": {"code": "123456"},
    "/accounts/2fa/webauthn/add/": {"name": "x", "passwordless": "on", "credential": "{}"},
    "/accounts/3rdparty/": {"account": "1"},
    "/accounts/logout/": {"next": "/"},
}


def fields(forms: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    return [(path, name) for path, form in forms.items() for name in form]


@pytest.mark.parametrize(("path", "field"), fields(VISITORS))
def test_at_the_door(newcomer: Callable[..., Customer], path: str, field: str) -> None:
    ada = newcomer(email="ada@example.com")
    if "confirm" in path:
        ada.post("/accounts/login/code/", {"email": "ada@example.com"})

    answer = ada.post(path, {**VISITORS[path], field: ZERO})

    assert answer.status_code < 500
    assert "\x00" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(("path", "field"), fields(SIGNED_IN))
def test_inside(ada: Customer, path: str, field: str) -> None:
    ada.confirm()

    answer = ada.post(path, {**SIGNED_IN[path], field: ZERO})

    assert answer.status_code < 500
    assert "\x00" not in answer.headers.get("Location", "")
    ada.user.refresh_from_db()
    assert "\x00" not in ada.user.name


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/confirm-email/a%00b/",
        "/accounts/password/reset/key/a%00b-c/",
        "/accounts/password/reset/key/1-a%00b/",
        "/users/profile/?next=a%00b",
        "/accounts/login/?next=/a%00b",
    ],
)
def test_in_an_address(ada: Customer, path: str) -> None:
    assert ada.get(path, follow=True).status_code < 500
