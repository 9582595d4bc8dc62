"""Who tries too often is told so on a page of ours, whichever limit it was."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail

from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db


def test_asking_for_the_same_reset_again_and_again(newcomer: Callable[..., Customer]) -> None:
    customer = newcomer(email="ada@example.com")

    for _ in range(25):
        answer = customer.post("/accounts/password/reset/", {"email": "ada@example.com"})

    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()


def test_a_wrong_password_again_and_again(newcomer: Callable[..., Customer]) -> None:
    customer = newcomer(email="ada@example.com")

    for _ in range(11):
        answer = customer.post("/accounts/login/", {"login": "ada@example.com", "password": "wrong"})

    assert "Too many tries." in answer.content.decode()


def test_who_is_kept_from_their_password_signs_in_by_a_code_as_the_page_says(
    newcomer: Callable[..., Customer],
) -> None:
    customer = newcomer(email="ada@example.com")
    for _ in range(5):
        customer.post("/accounts/login/", {"login": "ada@example.com", "password": "wrong"})

    page = customer.sign_in().content.decode()
    customer.post("/accounts/login/code/", {"email": "ada@example.com"})
    code = re.search(r"^\w{4}-\w{4}$", mail.outbox[-1].body, re.M)
    customer.post("/accounts/login/code/confirm/", {"code": code and code[0]})

    assert "Too many tries. Let us mail you a code to sign in with, or wait a few minutes." in page
    assert customer.is_in


def test_nobody_learns_by_it_whether_there_is_an_account(newcomer: Callable[..., Customer]) -> None:
    customer = newcomer(email="ada@example.com")

    for _ in range(6):
        answer = customer.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong"})

    assert "Too many tries. Let us mail you a code to sign in with" in answer.content.decode()
