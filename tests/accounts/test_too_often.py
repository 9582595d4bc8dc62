"""Who tries too often is told so on a page of ours, whichever limit it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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

    assert "Too many tries. Wait a few minutes, then try again." in answer.content.decode()
