from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from apps.users.models import CustomUser
from apps.users.permissions import SUPPORT
from apps.users.tests.factories import UserFactory

Staff = Callable[..., Client]


@pytest.fixture
def customer() -> CustomUser:
    return UserFactory(email="ann@example.com", name="Ann Archer")


@pytest.fixture
def staff(db: None) -> Staff:
    """A browser of somebody of the staff, signed in at the admin's door: `staff("impersonate_user", ...)`."""

    def staff(*permissions: str, **fields: object) -> Client:
        person = UserFactory(
            **{"email": "sam@example.com", "name": "Sam Support", "is_staff": True, **fields}
        )
        person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client = Client()
        client.force_login(person, "apps.users.backends.ModelBackend")
        client.person = person  # type: ignore[attr-defined]
        return client

    return staff


@pytest.fixture
def support(staff: Staff) -> Client:
    """May do all that support does, and look at people."""
    return staff(*SUPPORT, "view_customuser")
