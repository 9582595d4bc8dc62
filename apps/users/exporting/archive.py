"""Writing what `personal_data` tells into a ZIP, row by row."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone

from apps.users.models import CustomUser
from apps.users.personal_data import Part, parts
from apps.users.personal_data.parts import Row

A_SIGN_EVERY = 200  # rows
COPY_BYTES = 64 * 1024

Progress = Callable[[int], None]  # per cent


def write_archive(user: CustomUser, target: IO[bytes], *, progress: Progress) -> None:
    """`progress` is called again and again, so that whoever watches sees that somebody is at it."""
    found = parts()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _readme(found))
        for done, part in enumerate(found):
            still_here = partial(progress, 100 * done // len(found))
            still_here()
            _write_rows(archive, part, user, still_here)
            _write_files(archive, part, user)


def _readme(found: list[Part]) -> str:
    facts = {
        "parts": found,
        "project": settings.PROJECT_NAME,
        "now": timezone.now().strftime("%Y-%m-%d %H:%M"),
    }
    return render_to_string("users/export_readme.txt", facts)


def _write_rows(archive: ZipFile, part: Part, user: CustomUser, still_here: Callable[[], None]) -> None:
    with archive.open(f"{part.name}.json", "w", force_zip64=True) as document:
        document.write(b"[")
        for number, row in enumerate(part.rows(user)):
            document.write((",\n" if number else "\n").encode() + _as_json(row))
            if number % A_SIGN_EVERY == A_SIGN_EVERY - 1:
                still_here()
        document.write(b"\n]\n")


def _as_json(row: Row) -> bytes:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode(errors="replace")


def _write_files(archive: ZipFile, part: Part, user: CustomUser) -> None:
    for name, opened in part.files(user):
        source = _open(opened)
        if source is not None:
            with source, archive.open(f"files/{name}", "w", force_zip64=True) as member:
                shutil.copyfileobj(source, member, COPY_BYTES)


def _open(opened: Callable[[], IO[bytes]]) -> IO[bytes] | None:
    """A picture whose file is missing keeps nobody from the rest."""
    try:
        return opened()
    except FileNotFoundError:
        return None
