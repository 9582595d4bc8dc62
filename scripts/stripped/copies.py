"""A copy of the project, as it lies here, and programs in it. Nothing of the copy is imported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PERSON = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]


def copy_to(folder: Path) -> Path:
    for name in filter(None, say(ROOT, "git", "ls-files", "-zco", "--exclude-standard").split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    say(folder, "git", "init", "--quiet")
    save(folder)
    return folder


def save(folder: Path) -> None:
    say(folder, "git", "add", "--all")
    say(folder, "git", *PERSON, "commit", "--quiet", "--message", "As it is now")


def python(folder: Path, *arguments: str) -> str:
    return say(folder, sys.executable, *arguments)


def say(folder: Path, *command: str) -> str:
    """What it said. Fails with that when it ends badly."""
    done = subprocess.run(command, cwd=folder, env=_environment(folder), capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-20_000:]}\n{done.stderr[-5_000:]}"
    return done.stdout


def _environment(folder: Path) -> dict[str, str]:
    """A shell's, and nothing of the tests that run here."""
    names = {"PATH", "HOME", "LANG", "TMPDIR", "CI"}.intersection(os.environ)
    database = {"DATABASE_URL": f"sqlite:///{folder}/var/test.sqlite3", "REDIS_URL": ""}
    return {**{name: os.environ[name] for name in names}, **database, "ENV_FILE": os.devnull}
