"""The file: written whole or not at all, and looked through before anybody relies on it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.core.backup.errors import BackupRefused
from apps.core.backup.programs import Programs, programs, server_major

ABOUT, DUMP, MEDIA = "about.json", "database.dump", "media"


@dataclass(frozen=True)
class About:
    """What has to fit where it is restored."""

    made_at: str  # ISO, when the dump began: what Stripe told later is not in it
    server: int
    holder_model: str
    livemode: bool
    secret_key: str  # a mark of it, to see whether it is another one
    migrations: list[str]
    sha256: str

    @classmethod
    def now(cls, made_at: str, dump: Path) -> About:
        applied = MigrationRecorder(connection).applied_migrations()
        return cls(
            made_at=made_at,
            server=server_major(),
            holder_model=settings.SUBSCRIPTION_HOLDER_MODEL,
            livemode=settings.STRIPE_LIVE_MODE,
            secret_key=mark_of_secret_key(),
            migrations=sorted(f"{app}.{name}" for app, name in applied),
            sha256=_digest(dump),
        )


@dataclass(frozen=True)
class Backup:
    """One that was looked through: its dump lies unpacked at `dump` until the block ends."""

    path: Path
    about: About
    dump: Path


def mark_of_secret_key() -> str:
    return salted_hmac("apps.core.backup", "secret key").hexdigest()[:12]


# Writing -------------------------------------------------------------------------------------------------


def write_backup(path: Path) -> int:
    """Database and uploads into `path`, readable by its owner only; returns the number of uploads.

    The uploads are read after the database, so that each one a row names is there. Raises BackupRefused.
    """
    tools = programs()
    if path.exists():
        raise BackupRefused(f"{path} is there already: nothing is written over it")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        made_at, dump = timezone.now().isoformat(), Path(folder) / DUMP
        _run(tools, tools.connected("pg_dump", "--format=custom", f"--file={dump}"))
        part = Path(folder) / "part"
        uploads = _pack(part, About.now(made_at, dump), dump)
        os.replace(part, path)
    return uploads


def _pack(part: Path, about: About, dump: Path) -> int:
    about_file = dump.with_name(ABOUT)
    about_file.write_text(json.dumps(asdict(about), indent=1))
    part.touch(mode=0o600)
    with part.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            tar.add(about_file, ABOUT)
            tar.add(dump, DUMP)
            uploads = list(_uploads())
            for upload in uploads:
                tar.add(upload, f"{MEDIA}/{upload.relative_to(settings.MEDIA_ROOT)}", recursive=False)
        file.flush()
        os.fsync(file.fileno())
    return len(uploads)


def _uploads() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())


# Reading -------------------------------------------------------------------------------------------------


@contextmanager
def open_backup(path: Path) -> Iterator[Backup]:
    """Raises BackupRefused for what is no backup, or was cut or damaged on its way."""
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        yield _unpack(path, Path(folder) / DUMP)


def _unpack(path: Path, dump: Path) -> Backup:
    try:
        with tarfile.open(path) as tar:
            about = _sane(About(**json.load(_member(tar, ABOUT))))
            with dump.open("wb") as file:
                shutil.copyfileobj(_member(tar, DUMP), file)
            for member in tar:  # to its end: uploads may be cut, too
                place_of(member)
    except FileNotFoundError as error:
        raise BackupRefused(f"There is no file {path}") from error
    except (OSError, tarfile.TarError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BackupRefused(
            f"{path} is no backup, or was damaged on its way ({error}). Take another"
        ) from error
    if _digest(dump) != about.sha256:
        raise BackupRefused(
            f"{path} was damaged on its way: its database is not what was written. Take another"
        )
    return Backup(path, about, dump)


def _sane(about: About) -> About:
    """What the commands print, one of it to be pasted into a shell. Raises ValueError or TypeError."""
    for text in (about.holder_model, *about.migrations):
        if not text.isascii() or not text.isprintable():
            raise ValueError(f"a name that can be none: {text!r}")
    return replace(about, made_at=datetime.fromisoformat(about.made_at).isoformat())


def place_of(member: tarfile.TarInfo) -> Path | None:
    """Where an upload goes; None for all else.

    Raises BackupRefused for a name that leads out of the folder: no backup of ours has one.
    """
    if not (member.isfile() and member.name.startswith(f"{MEDIA}/")):
        return None
    root = Path(settings.MEDIA_ROOT).resolve()
    place = (root / member.name.removeprefix(f"{MEDIA}/")).resolve()
    if place == root or not place.is_relative_to(root):
        raise BackupRefused(f"The backup holds a file for another folder: {member.name!r}")
    return place


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(tools: Programs, command: list[str]) -> None:
    done = subprocess.run(command, env=tools.environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise BackupRefused(
            f"{Path(command[0]).name} says: {' '.join(done.stderr.split()) or done.returncode}"
        )
