from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.outages.town import Town, a_town


@pytest.fixture(scope="module")
def town_of_module(django_db_blocker: Any) -> Iterator[Town]:
    if connection.vendor != "postgresql":
        pytest.skip("a town has PostgreSQL")
    with django_db_blocker.unblock(), a_town() as town:
        yield town


@pytest.fixture
def town(town_of_module: Town, django_db_blocker: Any) -> Iterator[Town]:
    """Nobody is at work, nothing waits."""
    with django_db_blocker.unblock():
        town_of_module.redis().flushall()
        yield town_of_module
        town_of_module.stop_all()
