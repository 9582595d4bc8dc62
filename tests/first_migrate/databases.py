"""Databases of the kind the suite runs on: made empty, copied, written down as the schema they hold."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg

from apps.core.backup.programs import Programs

Schema = list[str]


class Databases(Protocol):
    """Named by us; addresses are as DATABASE_URL takes them."""

    def make(self, name: str) -> str: ...

    def copy(self, url: str, name: str) -> str: ...

    def schema(self, url: str) -> Schema: ...

    def applied(self, url: str) -> set[str]: ...

    def drop(self) -> None: ...


APPLIED = "SELECT name FROM django_migrations WHERE app = 'djstripe'"


@dataclass
class Files:
    """SQLite."""

    folder: Path

    def make(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}"

    def copy(self, url: str, name: str) -> str:
        with closing(_open(url)) as source, closing(sqlite3.connect(self.folder / name)) as target:
            source.backup(target)
        return self.make(name)

    def schema(self, url: str) -> Schema:
        """What it was told to make, word for word."""
        query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        with closing(_open(url)) as database:
            return sorted(map(str, database.execute(query)))

    def applied(self, url: str) -> set[str]:
        with closing(_open(url)) as database:
            return {name for (name,) in database.execute(APPLIED)}

    def drop(self) -> None:
        shutil.rmtree(self.folder)


def _open(url: str) -> sqlite3.Connection:
    return sqlite3.connect(url.removeprefix("sqlite:///"))


@dataclass
class Server:
    """PostgreSQL. `url`: one of its databases."""

    url: str
    programs: Programs
    made: list[str] = field(default_factory=list)

    def make(self, name: str) -> str:
        return self._create(name, "")

    def copy(self, url: str, name: str) -> str:
        return self._create(name, f"TEMPLATE {_name(url)}")

    def schema(self, url: str) -> Schema:
        """As pg_dump writes it, but for the word that is another one each time."""
        command = self.programs.command("pg_dump", "--schema-only", "--no-owner", "--dbname", _dsn(url))
        dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [line for line in dump.splitlines() if not re.match(r"\\(un)?restrict ", line)]

    def applied(self, url: str) -> set[str]:
        with psycopg.connect(_dsn(url)) as database:
            return {name for (name,) in database.execute(APPLIED)}

    def drop(self) -> None:
        for name in self.made:
            self._tell(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self, name: str, how: str) -> str:
        full = f"first_migrate_{os.getpid()}_{name}"
        self._tell(f"CREATE DATABASE {full} {how}")
        self.made.append(full)
        server, _, options = self.url.partition("?")
        return f"{server.rpartition('/')[0]}/{full}" + (f"?{options}" if options else "")

    def _tell(self, words: str) -> None:
        with psycopg.connect(_dsn(self.url), autocommit=True) as database:
            database.execute(words.encode())


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _dsn(url: str) -> str:
    return url.replace("postgres://", "postgresql://", 1)
