"""A zero byte, which PostgreSQL takes in no text, is refused at every field of an account's forms: no 500."""

from __future__ import annotations

import logging
from collections.abc import Callable
from html import unescape

import pytest

from apps.users.tests.factories import PASSWORD
from tests.accounts.customer import Customer, with_codes

pytestmark = pytest.mark.django_db
ZERO = "/a\x00b"
AT_GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth"
NO_ZERO = "Null characters are not allowed."
NOT_LISTED = "Choose one from the list."
NO_ADDRESS = "The address contains characters that cannot be seen. Type it again."
NO_PASSKEY = "The passkey did not fit, or its answer came too late. Try again."
# Address -> field -> what it says of it.
VISITORS = {
    "/accounts/login/": {"login": "Enter a valid email address.", "password": NO_ZERO},
    "/accounts/signup/": {"email": NO_ADDRESS, "password1": NO_ZERO},
    "/accounts/password/reset/": {"email": NO_ADDRESS},
    "/accounts/login/code/": {"email": NO_ADDRESS},
    "/accounts/login/code/confirm/": {"code": NO_ZERO},
    "/accounts/2fa/webauthn/login/": {"credential": NO_PASSKEY},
}
SIGNED_IN = {
    "/users/profile/": {
        "name": NO_ZERO,
        "time_zone": NOT_LISTED,
        "language": NOT_LISTED,
    },
    "/users/profile/picture/": {"picture": "This field is required."},
    "/users/sessions/": {"session": "That session was over already."},
    "/accounts/email/": {"email": NO_ADDRESS},
    "/accounts/password/change/": {"oldpassword": NO_ZERO, "password1": NO_ZERO, "password2": NO_ZERO},
    "/accounts/reauthenticate/": {"password": NO_ZERO},
    "/accounts/2fa/reauthenticate/": {"code": NO_ZERO},
    "/accounts/2fa/totp/activate/": {"code": NO_ZERO},
    "/accounts/2fa/webauthn/add/": {"name": NO_ZERO, "credential": NO_PASSKEY},
    "/accounts/3rdparty/": {"account": NO_ZERO},
}
# What is filled in beside it.
GOOD = {
    "login": "ada@example.com",
    "email": "new@example.com",
    "password": PASSWORD,
    "oldpassword": PASSWORD,
    "password1": PASSWORD,
    "password2": PASSWORD,
    "name": "Ada",
    "time_zone": "UTC",
    "language": "en",
    "action_add": "",
    "credential": "{}",
}
# Nobody types these: address -> field -> where it leads, as if the field were not there.
NOT_TYPED = {
    "/accounts/login/": {"next": "/teams/home/", "remember": "/"},
    "/accounts/signup/": {"next": "/accounts/confirm-email/", "time_zone": "/accounts/confirm-email/"},
    "/accounts/password/reset/": {"next": "/accounts/password/reset/done/"},
    "/accounts/login/code/": {"next": "/accounts/login/code/confirm/"},
    "/accounts/google/login/": {
        "next": AT_GOOGLE,
        "process": AT_GOOGLE,
        "scope": AT_GOOGLE,
    },
}


def fields(forms: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(path, name, told) for path, form in forms.items() for name, told in form.items()]


def assert_refused(ada: Customer, path: str, field: str, told: str, caplog: pytest.LogCaptureFixture) -> None:
    """In words, on the page; the log says that it happened, and nothing of what was typed."""
    caplog.set_level(logging.INFO)
    caplog.clear()
    sent = {**GOOD, field: f"{PASSWORD}\x00b"}

    answer = ada.post(path, sent, follow=True)

    page = unescape(answer.content.decode())
    assert told in page
    assert "Hidden field" not in page
    assert told != NOT_LISTED or "\x00" not in page
    assert any(line.startswith(f"POST {path} ") for line in caplog.messages)
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize(("path", "field", "told"), fields(VISITORS))
def test_at_the_door(
    newcomer: Callable[..., Customer],
    path: str,
    field: str,
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ada = newcomer(email="ada@example.com")
    if "confirm" in path:
        ada.post("/accounts/login/code/", {"email": "ada@example.com"})

    assert_refused(ada, path, field, told, caplog)

    assert not ada.is_in


@pytest.mark.parametrize(("path", "field", "told"), fields(SIGNED_IN))
def test_inside(ada: Customer, path: str, field: str, told: str, caplog: pytest.LogCaptureFixture) -> None:
    ada.confirm()
    if path == "/accounts/2fa/reauthenticate/":
        with_codes(ada.user)

    assert_refused(ada, path, field, told, caplog)

    ada.user.refresh_from_db()
    assert (ada.user.name, ada.user.email) == ("Ada", "ada@example.com")
    assert ada.user.check_password(PASSWORD)


@pytest.mark.parametrize(("path", "field", "leads_to"), fields(NOT_TYPED))
def test_what_nobody_types_is_left_out(
    newcomer: Callable[..., Customer], path: str, field: str, leads_to: str
) -> None:
    ada = newcomer(email="ada@example.com")
    email = "new@example.com" if "signup" in path else "ada@example.com"

    answer = ada.post(path, {**GOOD, "email": email, "next": "/", field: ZERO})

    assert answer.status_code == 302
    assert answer["Location"].split("?")[0] == leads_to
    assert "%00" not in answer["Location"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/accounts/confirm-email/a%00b/", 404),
        ("/accounts/password/reset/key/a%00b-c/", 404),
        ("/accounts/password/reset/key/1-a%00b/", 200),
        ("/users/profile/?next=a%00b", 200),
        ("/accounts/login/?next=/a%00b", 200),
    ],
)
def test_in_an_address(ada: Customer, path: str, status: int) -> None:
    assert ada.get(path, follow=True).status_code == status


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/signup/", "/accounts/login/code/", "/accounts/password/reset/"]
)
@pytest.mark.parametrize("leads", ["/a\x00b", "https://evil.example/"])
def test_a_page_hands_on_no_address_but_ours(
    newcomer: Callable[..., Customer], path: str, leads: str
) -> None:
    visitor = newcomer()

    page = visitor.get(path, data={"next": leads}).content.decode()
    good = visitor.get(path, data={"next": "/teams/create/"}).content.decode()

    assert f'value="{leads}"' not in page
    assert '<input type="hidden" name="next" value="/teams/create/">' in good


def test_a_link_that_holds_one_says_that_it_does_not_work(newcomer: Callable[..., Customer]) -> None:
    answer = newcomer().get("/accounts/password/reset/key/1-a%00b/")

    assert "This link does not work" in answer.content.decode()
