"""How passwords are kept, and which are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD
from config.settings import base
from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_on_a_server(settings: Any) -> None:
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS


def test_a_new_password_is_kept_by_argon2_with_the_memory_that_the_book_names(as_on_a_server: None) -> None:
    kept = make_password(PASSWORD)

    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("old", ["pbkdf2_sha256", "argon2"])
def test_an_older_one_is_kept_anew_when_its_owner_signs_in(
    old: str, as_on_a_server: None, settings: Any, newcomer: Callable[..., Customer]
) -> None:
    plain_django = "django.contrib.auth.hashers.Argon2PasswordHasher"
    settings.PASSWORD_HASHERS = [base.PASSWORD_HASHERS[1], plain_django]
    stored = make_password(PASSWORD, hasher=old)
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    ada = newcomer(email="ada@example.com")
    CustomUser.objects.filter(pk=ada.user.pk).update(password=stored)

    ada.sign_in()

    assert ada.is_in
    ada.user.refresh_from_db()
    assert ada.user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    "weak",
    ["ada.lovelace@example.com", "Ada Lovelace", "lovelace", "password123", "7294618350", "short"],
)
def test_what_others_would_guess_first_is_refused(weak: str) -> None:
    ada = CustomUser(email="ada.lovelace@example.com", name="Ada Lovelace")

    with pytest.raises(ValidationError):
        validate_password(weak, ada)


@pytest.mark.parametrize("strong", [PASSWORD, "пароль от всех дверей", "x9!" * 500])
def test_long_ones_in_any_script_are_taken(strong: str) -> None:
    validate_password(strong, CustomUser(email="ada.lovelace@example.com", name="Ada Lovelace"))
