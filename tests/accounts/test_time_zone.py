"""Who signs up sees dates in the zone the browser is in; what is no zone is nobody's mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.users.models import CustomUser
from apps.users.tests.factories import PASSWORD
from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db
NEW = {"email": "grace@example.com", "password1": PASSWORD}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("Asia/Calcutta", "Asia/Calcutta"),  # an old name, which browsers still tell
        (None, "UTC"),
        ("", "UTC"),
        ("Mars/Olympus", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("A" * 5_000, "UTC"),
    ],
)
def test_the_browser_tells(newcomer: Callable[..., Customer], told: str | None, kept: str) -> None:
    newcomer().post("/accounts/signup/", NEW if told is None else {**NEW, "time_zone": told})

    assert CustomUser.objects.get(email="grace@example.com").time_zone == kept


def test_the_field_waits_for_the_script(newcomer: Callable[..., Customer]) -> None:
    page = newcomer().get("/accounts/signup/").content.decode()

    assert 'type="hidden" name="time_zone" data-time-zone' in page
