"""Where a world is kept: one SQLite file, written through with every change, or nothing at all."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


Rows = list[tuple[int, dict[str, Any]]]


class DamagedState(Exception):
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
    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.readable():
            self.connection = sqlite3.connect(self.path, check_same_thread=False)
            # WAL with NORMAL survives a killed process; only a power cut may lose the last change
            self.connection.executescript(
                f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;{SCHEMA}"
            )

    def load(self) -> tuple[Rows, dict[str, Any]]:
        with self.readable():
            rows = self.connection.execute("SELECT seq, body FROM objects ORDER BY seq").fetchall()
            facts = self.connection.execute("SELECT name, body FROM facts").fetchall()
            return [(seq, json.loads(body)) for seq, body in rows], {
                name: json.loads(body) for name, body in facts
            }

    @contextlib.contextmanager
    def readable(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, ValueError) as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            aside = self.set_aside()
            message = f"The sandbox's state file {self.path} is damaged ({error}). It was kept as {aside}."
            raise DamagedState(message) from error

    def set_aside(self) -> Path:
        if hasattr(self, "connection"):
            self.connection.close()
        aside = self.path.with_name(f"{self.path.name}.damaged-{int(time.time())}")
        self.path.rename(aside)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        return aside

    def write(self, objects: Rows, gone: list[str], facts: dict[str, Any], start_over: bool = False) -> None:
        rows = [(obj["id"], seq, json.dumps(obj, separators=(",", ":"))) for seq, obj in objects]
        with self.connection:
            if start_over:
                self.connection.execute("DELETE FROM objects")
                self.connection.execute("DELETE FROM facts")
            self.connection.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", rows)
            self.connection.executemany("DELETE FROM objects WHERE id = ?", [(name,) for name in gone])
            self.connection.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)",
                [(name, json.dumps(value)) for name, value in facts.items()],
            )

    def close(self) -> None:
        self.connection.close()
