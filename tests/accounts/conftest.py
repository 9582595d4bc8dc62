from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings as django_settings

from apps.users.tests.factories import UserFactory
from tests.accounts.customer import Customer
from tests.accounts.soft_key import HOST


@pytest.fixture(autouse=True)
def _at_localhost(settings: django_settings) -> None:
    """Passkeys work over http on this host alone."""
    settings.ALLOWED_HOSTS = [HOST]


@pytest.fixture
def newcomer() -> Callable[..., Customer]:
    def newcomer(**fields: object) -> Customer:
        return Customer(UserFactory(**fields))

    return newcomer


@pytest.fixture
def ada(newcomer: Callable[..., Customer]) -> Customer:
    """Signed in a moment ago."""
    ada = newcomer(email="ada@example.com", name="Ada")
    ada.sign_in()
    return ada
