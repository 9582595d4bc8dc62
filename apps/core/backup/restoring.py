"""Back from the file: in one transaction, so that a restore that fails has changed nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from apps.core.backup.archive import Backup, place_of
from apps.core.backup.errors import BackupRefused
from apps.core.backup.programs import Programs, programs

# Whatever is there, also tables that came after the backup; extensions stay. No lock is waited for for ever.
EMPTY = """
SET lock_timeout = '10s';
SET client_min_messages = warning;
DO $$
DECLARE found record;
BEGIN
  FOR found IN
    SELECT format('public.%I', c.relname) AS name, c.relkind FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('DROP %s IF EXISTS %s CASCADE',
      CASE found.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, found.name);
  END LOOP;
END $$;
"""


def restore_database(backup: Backup, *, over_it: bool) -> None:
    """Put the backup's database in the place of this one. Raises BackupRefused, with nothing changed."""
    tools = programs()
    check_fits(backup)
    _check_alone()
    if not over_it:
        _check_empty()
    _check_readable(tools, backup.dump)
    contents = _contents(tools, backup.dump)
    connection.close()
    _load(tools, backup.dump, contents)


def restore_media(backup: Backup) -> int:
    """What was uploaded, beside what is there; returns how many files. Nothing is deleted."""
    count = 0
    with tarfile.open(backup.path) as tar:
        for member in tar:
            if (place := place_of(member)) is not None:
                _put_back(tar, member, place)
                count += 1
    return count


def _put_back(tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    """Written by hand: `extract` knows no filter before Python 3.11.4."""
    source = tar.extractfile(member)
    assert source
    place.parent.mkdir(parents=True, exist_ok=True)
    with source, place.open("wb") as target:
        shutil.copyfileobj(source, target)


def check_fits(backup: Backup) -> None:
    if backup.about.holder_model != settings.SUBSCRIPTION_HOLDER_MODEL:
        raise BackupRefused(
            f"In the backup subscriptions belong to {backup.about.holder_model}, here to"
            f" {settings.SUBSCRIPTION_HOLDER_MODEL}: set SUBSCRIPTION_HOLDER_MODEL"
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).graph.nodes}
    if unknown := sorted(set(backup.about.migrations) - _replaced() - known):
        raise BackupRefused(
            f"The backup is of newer code: {unknown[0]} is unknown here. First deploy what made it"
        )


def _replaced() -> set[str]:
    """Those that a squashed migration stands for."""
    disk = MigrationLoader(None).disk_migrations.values()
    return {f"{app}.{name}" for migration in disk for app, name in migration.replaces}


def _check_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    if others:
        raise BackupRefused(
            f"{others} other connection(s) use this database: stop web, worker and beat first, and any client"
        )


def _check_empty() -> None:
    tables = connection.introspection.table_names()
    if tables:
        name = connection.settings_dict["NAME"]
        raise BackupRefused(
            f"The database {name} is not empty ({len(tables)} tables). Restore into an empty one, or replace"
            " all of it with --over-it"
        )


def _check_readable(tools: Programs, dump: Path) -> None:
    """All of it, not only its table of contents."""
    command = tools.command("pg_restore", "--file=-", dump)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603
    if done.returncode:
        raise BackupRefused(f"pg_restore cannot read it: {' '.join(done.stderr.split())}")


def _contents(tools: Programs, dump: Path) -> Path:
    """What of the dump is wanted: not the extensions that are there, for only their owner may drop them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        there = "|".join(re.escape(name) for (name,) in cursor.fetchall())
    is_there = re.compile(rf"\d+; \d+ \d+ (?:EXTENSION - |COMMENT - EXTENSION )\"?(?:{there})\"? *$")
    listed = subprocess.run(  # noqa: S603
        tools.command("pg_restore", "--list", dump), capture_output=True, text=True, check=True
    )
    contents = dump.with_name("contents")
    contents.write_text("".join(line for line in listed.stdout.splitlines(True) if not is_there.match(line)))
    return contents


def _load(tools: Programs, dump: Path, contents: Path) -> None:
    """The end of the transaction is sent only when all of the dump came."""
    wanted = ["--clean", "--if-exists", "--no-owner", "--no-privileges", f"--use-list={contents}"]
    read = tools.command("pg_restore", "--file=-", *wanted, dump)
    write = tools.connected("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    with (
        subprocess.Popen(read, stdout=subprocess.PIPE) as source,  # noqa: S603
        subprocess.Popen(  # noqa: S603
            write, env=tools.environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as target,
    ):
        assert source.stdout
        assert target.stdin
        assert target.stderr
        try:
            _pour(source, source.stdout, target.stdin)
        except BrokenPipeError:  # psql has ended, and says why
            source.kill()
        said = target.stderr.read().decode(errors="replace")
    if source.returncode or target.returncode:
        raise BackupRefused(f"Nothing was changed. psql says: {' '.join(said.split())[:500] or 'nothing'}")


def _pour(source: subprocess.Popen[bytes], text: IO[bytes], target: IO[bytes]) -> None:
    target.write(b"BEGIN;\n" + EMPTY.encode())
    shutil.copyfileobj(text, target)
    if source.wait() == 0:
        target.write(b"\nCOMMIT;\n")
    target.close()
