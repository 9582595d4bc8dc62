import time

import pytest
from django.db import connection, connections

from apps.core.connection_checks import FRESH_SECONDS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a file cannot go away"),
]


@pytest.fixture
def lost():
    """A connection that answered a moment ago; then its server ended it."""
    other = connections.create_connection("default")
    other.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [other.connection.info.backend_pid])
    yield other
    other.close()


def test_who_answered_a_moment_ago_is_not_asked(lost):
    assert lost.is_usable()


def test_after_half_a_second_it_is_asked(lost):
    time.sleep(FRESH_SECONDS)

    assert not lost.is_usable()


def test_after_an_error_it_is_asked_at_once(lost):
    lost.errors_occurred = True

    assert not lost.is_usable()
