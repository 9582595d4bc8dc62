"""Nobody learns from an answer whether an address has an account: known and unknown get the same one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.teams.tests.factories import InvitationFactory, TeamFactory
from apps.users.tests.factories import PASSWORD, UserFactory
from tests.accounts.soft_key import HOST

pytestmark = pytest.mark.django_db

NEW, OLD = "nora@example.com", "olga@example.com"  # as long as each other
NEW_IN_CAPITALS, OLD_IN_CAPITALS = NEW.upper(), OLD.upper()
# Other in each answer, and of no meaning.
MASKS = [
    (r'name="csrfmiddlewaretoken" value="\w+"', "csrf"),
    (r'nonce="[^"]+"', "nonce"),
    (r"'nonce-[^']+'", "nonce"),
    (r"\b[0-9a-f]{8}\b", "request id"),
    (r"(?<![\w-])[\w-]{32,}(?![\w-])", "token"),
    (r"\w{3}, \d\d[ -]\w{3}[ -]\d{4} [\d:]{8} GMT", "now"),
]
IGNORED = {"X-Request-ID"}
Doing = Callable[[Client, str], HttpResponse]


@pytest.fixture(autouse=True)
def _olga(db: None) -> None:
    UserFactory(email=OLD)


def masked(text: str, address: str) -> str:
    for spelled in (address, address.lower(), address.replace("@", "%40")):
        text = text.replace(spelled, "somebody")
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text)
    return text


def seen(response: HttpResponse, address: str) -> dict[str, Any]:
    """All that whoever asks gets to see, page after page."""
    steps = [step for step, _status in getattr(response, "redirect_chain", [])]
    headers = {name: masked(value, address) for name, value in response.items() if name not in IGNORED}
    cookies = {name: masked(str(morsel), address) for name, morsel in response.client.cookies.items()}
    return {
        "status": response.status_code,
        "steps": steps,
        "headers": headers,
        "cookies": {name: re.sub(r"=[^;]*", "=", text, count=1) for name, text in cookies.items()},
        "page": masked(response.content.decode(), address),
    }


def log_in(client: Client, address: str) -> HttpResponse:
    return client.post("/accounts/login/", {"login": address, "password": "wrong"}, follow=True)


def reset(client: Client, address: str) -> HttpResponse:
    return client.post("/accounts/password/reset/", {"email": address}, follow=True)


def sign_up(client: Client, address: str) -> HttpResponse:
    return client.post("/accounts/signup/", {"email": address, "password1": PASSWORD}, follow=True)


def sign_up_badly(client: Client, address: str) -> HttpResponse:
    return client.post("/accounts/signup/", {"email": address, "password1": "123"}, follow=True)


def into_admin(client: Client, address: str) -> HttpResponse:
    return client.post("/admin/login/", {"username": address, "password": "wrong"}, follow=True)


def ask_for_code(client: Client, address: str) -> HttpResponse:
    return client.post(reverse("account_request_login_code"), {"email": address}, follow=True)


DOINGS = [log_in, reset, sign_up, sign_up_badly, into_admin, ask_for_code]


@pytest.mark.parametrize("do", DOINGS)
@pytest.mark.parametrize(
    ("unknown", "known"), [(NEW, OLD), (NEW_IN_CAPITALS, OLD_IN_CAPITALS)], ids=["as it is", "in capitals"]
)
def test_answers_are_alike(do: Doing, unknown: str, known: str) -> None:
    told = {
        address: seen(do(Client(headers={"host": HOST}), address), address) for address in (unknown, known)
    }

    assert told[unknown]["status"] == 200
    for part, what in told[unknown].items():
        assert told[known][part] == what, part


@pytest.mark.parametrize("do", DOINGS)
def test_one_mail_leaves_whoever_it_is(do: Doing) -> None:
    """An answer that takes a mail for known addresses alone is slower for them."""
    counts = []
    for address in (NEW, OLD):
        mail.outbox.clear()
        do(Client(headers={"host": HOST}), address)
        counts.append([one.to for one in mail.outbox])

    assert [len(found) for found in counts] in ([0, 0], [1, 1])
    assert all(to == [address] for found, address in zip(counts, (NEW, OLD), strict=True) for to in found)


@pytest.mark.parametrize("do", [log_in, reset, sign_up])
def test_the_limit_comes_at_the_same_try(do: Doing) -> None:
    told: dict[str, list[tuple[int, str]]] = {NEW: [], OLD: []}
    for address, answers in told.items():
        for _ in range(14):
            response = do(Client(headers={"host": HOST}, REMOTE_ADDR=f"203.0.113.{len(answers)}"), address)
            answers.append((response.status_code, masked(response.content.decode(), address)))

    assert told[NEW] == told[OLD]


@pytest.mark.parametrize("kind", ["inactive", "no password", "not confirmed"])
def test_an_account_that_cannot_sign_in_is_like_none(kind: str) -> None:
    user = UserFactory(
        email="otto@example.com", verified=kind != "not confirmed", is_active=kind != "inactive"
    )
    if kind == "no password":
        user.set_unusable_password()
        user.save()

    for do in (log_in, reset, sign_up, ask_for_code):
        told = [seen(do(Client(headers={"host": HOST}), name), name) for name in (NEW, "otto@example.com")]
        assert told[0] == told[1], (kind, do.__name__)


def test_an_invitation_shows_the_same_to_whoever_opens_the_link() -> None:
    told, team = [], TeamFactory()
    for address in (NEW, OLD):
        invitation = InvitationFactory(team=team, email=address)
        client = Client(headers={"host": HOST})
        told.append(seen(client.get(reverse("teams:invitation", args=[invitation.token])), address))

    assert told[0] == told[1]


class CountingHasher(MD5PasswordHasher):
    """How often a password is hashed, which is what takes time in production."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashed += 1
        return super().encode(password, salt)


@pytest.mark.parametrize("kind", ["known", "inactive", "no password", "not confirmed"])
@pytest.mark.parametrize("do", [log_in, reset, sign_up, into_admin, ask_for_code])
def test_a_password_is_hashed_as_often(do: Doing, kind: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    user = UserFactory(
        email="otto@example.com", verified=kind != "not confirmed", is_active=kind != "inactive"
    )
    if kind == "no password":
        user.set_unusable_password()
        user.save()

    hashed = []
    for address in (NEW, "otto@example.com"):
        CountingHasher.hashed = 0
        do(Client(headers={"host": HOST}), address)
        hashed.append(CountingHasher.hashed)

    assert hashed[0] == hashed[1]
    assert hashed[0] > 0 or do in (reset, ask_for_code)


def test_who_is_signed_up_already_reads_so_in_the_mail_alone() -> None:
    sign_up(Client(headers={"host": HOST}), OLD)

    (sent,) = mail.outbox
    assert sent.to == [OLD]
    assert "/password/reset/" in sent.body or "/login/" in sent.body
