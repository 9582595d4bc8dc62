"""Where a world is kept: one SQLite file, written through with every change, or nothing at all."""

from __future__ import annotations

import contextlib
import gc
import json
import sqlite3
import time
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""
VERSION = 1
"""Written into the file, so that an older sandbox does not misread what a newer one wrote."""
PATIENCE = 2
"""Seconds in which a sandbox that was just told to stop may let go of its file."""

Rows = list[tuple[int, dict[str, Any]]]


class UnusableState(Exception):
    """The state file is not ours to open: in use, a folder, read-only, or newer. It is left as it is."""


class DamagedState(UnusableState):
    """The state file cannot be read; it has been moved aside so that nothing is lost or overwritten."""


class Nowhere:
    """Keeps nothing: the world lives as long as its process."""

    def load(self) -> tuple[Rows, dict[str, Any]]:
        return [], {}

    def write(self, objects: Rows, gone: list[str], facts: dict[str, Any], start_over: bool = False) -> None:
        """All of it or nothing. `start_over` forgets what was there before."""

    def close(self) -> None:
        pass


class SQLiteFile(Nowhere):
    """One process holds the file from its first look to `close`: two worlds in one file would be neither."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.connection: sqlite3.Connection | None = None
        if self.path.is_dir():
            raise UnusableState(f"The sandbox's state file {self.path} is a folder. Name a file in it.")
        with self.readable():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)
            self.open(self.connection)

    def open(self, connection: sqlite3.Connection) -> None:
        # the lock ends with the process, however it ends; WAL with NORMAL survives a killed process,
        # and only a power cut may lose the last change
        for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN EXCLUSIVE")
        if strange := self.strangeness(connection):
            connection.close()
            raise UnusableState(f"The sandbox's state file {self.path} {strange}. Name another file.")
        connection.execute("COMMIT")
        connection.executescript(f"{SCHEMA} PRAGMA user_version={VERSION};")

    def strangeness(self, connection: sqlite3.Connection) -> str:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            return f"was written by a newer sandbox (version {version}; this one reads up to {VERSION})"
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        foreign = sorted({name for (name,) in tables} - {"objects", "facts"})
        return f"is another program's database (it has the table {foreign[0]})" if foreign else ""

    def load(self) -> tuple[Rows, dict[str, Any]]:
        with self.readable():
            rows = self.execute("SELECT seq, body FROM objects")
            objects = [(number, an_object(json.loads(body))) for number, body in rows]
            facts = {name: json.loads(body) for name, body in self.execute("SELECT name, body FROM facts")}
        return sorted(objects, key=itemgetter(0)), facts  # SQLite would carry the bodies along in sorting

    def execute(self, statement: str) -> sqlite3.Cursor:
        assert self.connection is not None
        return self.connection.execute(statement)

    @contextlib.contextmanager
    def readable(self) -> Iterator[None]:
        """Damage is said and kept aside; what is merely not to be had is said and left alone."""
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            self.close()
            raise UnusableState(self.told(error)) from error
        except (sqlite3.DatabaseError, ValueError) as error:
            aside = self.set_aside()
            message = f"The sandbox's state file {self.path} is damaged ({error}). It was kept as {aside}."
            raise DamagedState(message) from error

    def told(self, error: Exception) -> str:
        if "locked" in str(error):
            return (
                f"The sandbox's state file {self.path} is in use by another sandbox. "
                "Stop that one, or name another file with --state."
            )
        return f"The sandbox's state file {self.path} cannot be used: {error}."

    def set_aside(self) -> Path:
        self.close()
        aside = self.path.with_name(f"{self.path.name}.damaged-{int(time.time())}")
        for suffix in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        return aside

    def write(self, objects: Rows, gone: list[str], facts: dict[str, Any], start_over: bool = False) -> None:
        rows = [(obj["id"], number, json.dumps(obj, separators=(",", ":"))) for number, obj in objects]
        told = [(name, json.dumps(value)) for name, value in facts.items()]
        assert self.connection is not None
        with self.connection as connection:
            if start_over:
                connection.execute("DELETE FROM objects")
                connection.execute("DELETE FROM facts")
            connection.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", rows)
            connection.executemany("DELETE FROM objects WHERE id = ?", [(name,) for name in gone])
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", told)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()


def an_object(body: Any) -> dict[str, Any]:
    if isinstance(body, dict) and isinstance(body.get("id"), str) and isinstance(body.get("object"), str):
        return body
    raise ValueError("a row that is no object of Stripe's")


@contextlib.contextmanager
def collecting_no_garbage() -> Iterator[None]:
    """While many objects are read and none is let go, looking for garbage takes longer than the reading."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
