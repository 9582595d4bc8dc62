"""A prepared question is read and planned by PostgreSQL once for a connection, and answers as before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import NotSupportedError, connection, connections, transaction

from apps.core.prepared import Prepared
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only"),
]
TABLE = CustomUser._meta.db_table


@pytest.fixture
def by_name():
    field = CustomUser._meta.get_field("name")
    return Prepared(lambda name: CustomUser.objects.filter(name=name), name=field)


@pytest.fixture
def a_longer_name():
    """Another process makes the column another kind, as a migration may while this one goes on."""
    other = connections.create_connection("default")

    def make(kind="text"):
        with other.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN name TYPE {kind}")

    length = CustomUser._meta.get_field("name").max_length
    yield make
    make(f"varchar({length})")
    other.close()


def _planned():
    """Statements of this connection that PostgreSQL keeps for these people."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{TABLE}%"])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_it_is_planned_once_whatever_is_asked(by_name):
    ada, before = UserFactory(name="Ada"), _planned()

    assert by_name.ask(name="Ada") == [ada]
    assert by_name.ask(name="Bo; DROP TABLE") == []
    assert by_name.ask(name="Ada") == [ada]
    assert _planned() == before + 1


@pytest.mark.django_db
def test_a_moment_is_the_same_as_django_reads_it():
    moment = datetime(2026, 3, 29, 1, 59, 59, 123456, tzinfo=UTC)  # an hour that clocks in Europe leave out
    UserFactory(date_joined=moment)
    field = CustomUser._meta.get_field("date_joined")
    joined = Prepared(lambda at: CustomUser.objects.filter(date_joined=at), at=field)

    (read,) = joined.ask(at=moment)

    assert read.date_joined == CustomUser.objects.get().date_joined == moment
    assert read.date_joined.utcoffset() == timedelta(0)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_opened_anew_plans_anew(by_name):
    ada = UserFactory(name="Ada")
    by_name.ask(name="Ada")

    connection.close()

    assert by_name.ask(name="Ada") == [ada]
    assert _planned() == 1


@pytest.mark.django_db(transaction=True)
def test_a_column_of_another_kind_costs_no_answer(by_name, a_longer_name):
    ada = UserFactory(name="Ada")
    by_name.ask(name="Ada")

    a_longer_name()

    assert by_name.ask(name="Ada") == [ada]


@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_it_costs_this_one_and_none_after_it(by_name, a_longer_name):
    ada = UserFactory(name="Ada")
    by_name.ask(name="Ada")
    a_longer_name()

    with pytest.raises(NotSupportedError), transaction.atomic():
        by_name.ask(name="Ada")

    assert by_name.ask(name="Ada") == [ada]


@pytest.mark.django_db
def test_a_statement_that_is_logged_shows_what_it_asked_for(by_name, django_assert_num_queries):
    by_name.ask(name="Ada")

    with django_assert_num_queries(2) as asked:
        by_name.ask(name="Ada")
        by_name.ask(name="Bo")

    assert ["'Ada'" in asked[0]["sql"], "'Bo'" in asked[1]["sql"]] == [True, True]


@pytest.mark.django_db
def test_behind_pgbouncer_nothing_is_planned_ahead(by_name, monkeypatch):
    ada, before = UserFactory(name="Ada"), _planned()
    options = {**connection.settings_dict["OPTIONS"], "prepare_threshold": None}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)

    assert by_name.ask(name="Ada") == [ada]
    assert _planned() == before
