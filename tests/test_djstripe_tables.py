"""Folding dj-stripe's first migrations saves half a minute and must change nothing else.

Run it after an upgrade of dj-stripe; `make test` does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import environ
import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.django_db]

QUERIES = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"],
    "postgresql": [
        # Their order, not their position: a removed column leaves its number behind.
        "SELECT table_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position),"
        " column_name, data_type, is_nullable, column_default, character_maximum_length"
        " FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
    ],
}


@pytest.fixture
def two_databases(tmp_path: Path) -> Iterator[list[str]]:
    """Addresses of two empty databases of the kind the suite runs on."""
    if connection.vendor == "sqlite":
        yield [f"sqlite:///{tmp_path / name}" for name in ("folded", "plain")]
        return
    names = [f"tables_{os.getpid()}_{kind}" for kind in ("folded", "plain")]
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    options = os.environ["DATABASE_URL"].partition("?")[2]
    with connection._nodb_cursor() as cursor:
        for name in names:
            cursor.execute(f"CREATE DATABASE {name}")
    yield [f"{server}/{name}" + (f"?{options}" if options else "") for name in names]
    with connection._nodb_cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate(url: str, settings_module: str) -> None:
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings_module}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def tables_of(url: str) -> set[tuple[object, ...]]:
    database = open_database(url)
    try:
        with database.cursor() as cursor:
            rows: set[tuple[object, ...]] = set()
            for query in QUERIES[database.vendor]:
                cursor.execute(query)
                rows |= set(cursor.fetchall())
            return rows
    finally:
        database.close()


def open_database(url: str) -> BaseDatabaseWrapper:
    values = {**connection.settings_dict, **environ.Env.db_url_config(url), "OPTIONS": {}}
    return load_backend(values["ENGINE"]).DatabaseWrapper(values, "compared")


def test_the_folded_migrations_make_the_same_tables_as_dj_stripes_own(two_databases):
    folded, plain = two_databases

    migrate(folded, "config.settings.test")
    migrate(plain, "tests.plain_djstripe")

    assert tables_of(folded) == tables_of(plain)
    assert len(tables_of(folded)) > 250
