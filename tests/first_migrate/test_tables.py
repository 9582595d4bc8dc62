"""Folding dj-stripe's first migrations saves half a minute and must change nothing else.

Run it after an upgrade of dj-stripe or Django; `make test` does, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from apps.core.backup.programs import programs
from tests.first_migrate.databases import Databases, Files, Server

ROOT = Path(__file__).resolve().parents[2]
FOLDED, FOLDED_NEXT = "config.settings.test", "tests.first_migrate.folded_next"
PLAIN, PLAIN_NEXT = "tests.first_migrate.plain", "tests.first_migrate.plain_next"
# The last migration of dj-stripe 2.10: what a database has that was made by it.
OF_2_10 = "0002_2_10"
ITS_OWN = {"0001_initial", OF_2_10, "0003_2_11"}
FOLD = "0001_squashed_0003_2_11"

pytestmark = pytest.mark.slow


@dataclass
class Story:
    """Three databases, made once for all tests: nobody changes them, who goes on takes a copy."""

    databases: Databases
    folded: str
    of_2_10: str
    plain: str


@pytest.fixture(scope="module")
def databases(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Databases]:
    found: Databases
    if connection.vendor == "sqlite":
        found = Files(tmp_path_factory.mktemp("first-migrate"))
    else:
        with django_db_blocker.unblock():
            found = Server(os.environ["DATABASE_URL"], programs())
    yield found
    found.drop()


@pytest.fixture(scope="module")
def story(databases: Databases) -> Story:
    folded, plain = databases.make("folded"), databases.make("plain")
    migrate(folded, FOLDED)
    migrate(plain, PLAIN, "djstripe", OF_2_10)
    of_2_10 = databases.copy(plain, "of_2_10")
    migrate(plain, PLAIN)
    return Story(databases, folded, of_2_10, plain)


def migrate(url: str, settings_module: str, *arguments: str) -> None:
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings_module}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", *arguments]
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def test_an_empty_database_gets_the_tables_of_dj_stripes_own_migrations(story):
    schema = story.databases.schema(story.folded)

    assert schema == story.databases.schema(story.plain)
    assert len(schema) > 250
    assert story.databases.applied(story.folded) == {*ITS_OWN, FOLD}


def test_a_database_of_dj_stripe_2_10_goes_on_as_dj_stripe_does(story):
    former = story.databases.copy(story.of_2_10, "former")
    assert story.databases.applied(former) == {"0001_initial", OF_2_10}

    migrate(former, FOLDED)

    assert story.databases.schema(former) == story.databases.schema(story.plain)
    assert story.databases.applied(former) == {*ITS_OWN, FOLD}


def test_a_database_of_dj_stripe_alone_is_taken_over_as_it_is(story):
    """Also the way back: without our fold there is nothing to do either."""
    taken_over = story.databases.copy(story.plain, "taken_over")

    migrate(taken_over, FOLDED)
    migrate(taken_over, PLAIN, "--check")

    assert story.databases.schema(taken_over) == story.databases.schema(story.plain)


def test_the_next_migration_of_dj_stripe_is_found_and_makes_what_it_makes_without_us(story):
    plain_next = story.databases.copy(story.plain, "plain_next")
    migrate(plain_next, PLAIN_NEXT)
    expected = story.databases.schema(plain_next)
    assert expected != story.databases.schema(story.plain)

    upgraded, empty = story.databases.copy(story.folded, "upgraded"), story.databases.make("empty")
    migrate(upgraded, FOLDED_NEXT)
    migrate(empty, FOLDED_NEXT)

    assert story.databases.schema(upgraded) == expected
    assert story.databases.schema(empty) == expected
    assert story.databases.applied(empty) == {*ITS_OWN, FOLD, "0004_pretended"}
