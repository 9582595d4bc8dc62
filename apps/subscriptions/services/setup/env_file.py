"""One variable of an env file, changed without touching anything else in it."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path


def write_variable(path: Path, name: str, value: str) -> None:
    """Set `name`, where it stands or at the end. Whole or not at all: a reader never sees half a file.

    Comments, order, line ends and the file's mode stay. A new file is for its owner only. Raises OSError.
    """
    path = path.resolve()  # a link stays a link
    text = path.read_bytes().decode() if path.exists() else ""
    _replace(path, _with_variable(text, name, value))


def read_variable(path: Path, name: str) -> str | None:
    """As django-environ reads it: of several, the first."""
    found = re.search(_line_of(name), path.read_text()) if path.exists() else None
    return found["value"].strip().strip("'\"") if found else None


def _with_variable(text: str, name: str, value: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    line, placed, kept = f"{name}={value}{end}", False, []
    for old in text.splitlines(keepends=True):
        if not re.match(_line_of(name), old):
            kept.append(old)
        elif not placed:
            kept.append(line)
            placed = True
    if not placed:
        if kept and not kept[-1].endswith("\n"):
            kept[-1] += end
        kept.append(line)
    return "".join(kept)


def _line_of(name: str) -> str:
    return rf"(?m)^\s*(?:export\s+)?{re.escape(name)}\s*=(?P<value>.*)$"


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o600)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
