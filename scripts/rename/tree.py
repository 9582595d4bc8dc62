"""The files of a project: which of them hold its name, and what they say under another one."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from scripts.rename.answers import Refused
from scripts.rename.identity import Identity
from scripts.rename.texts import renamed, words

# The history is the starter's. Tests ask the settings for the name, and call their customers as they like.
# The commands and pages about renaming are about no name in particular.
UNTOUCHED = re.compile(
    r"CHANGELOG\.md$|(?:.*/)?tests/|static/css/app\.css$|assets/css/vendor/|"
    r"scripts/rename/|docs/(?:renaming|upgrading)\.md$"
)


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"git {arguments[0]} says: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def refuse_unless_clean(root: Path) -> None:
    """`git diff` has to show what the rename did and nothing else, `git restore .` to take it back."""
    if changed := git(root, "status", "--porcelain").splitlines():
        first = "".join(f"\n  {line}" for line in changed[:10])
        raise Refused(
            f"{len(changed)} files are not committed:{first}\nCommit them, or put them away with "
            "`git stash --include-untracked`, then call again."
        )


def texts(root: Path) -> Iterator[tuple[str, str]]:
    """Path and text of each file that may hold the name."""
    for path in filter(None, git(root, "ls-files", "-z").split("\0")):
        if not UNTOUCHED.match(path) and (text := _text(root / path)) is not None:
            yield path, text


def _text(path: Path) -> str | None:
    """None: a picture, a link to another place, or deleted."""
    if path.is_symlink() or not path.is_file():
        return None
    content = path.read_bytes()
    try:
        return None if b"\0" in content else content.decode()
    except UnicodeDecodeError:
        return None


def changes(root: Path, old: Identity, new: Identity) -> dict[str, tuple[str, str]]:
    """Path -> text before and after."""
    after = {path: (text, renamed(path, text, old, new)) for path, text in texts(root)}
    return {path: pair for path, pair in after.items() if pair[0] != pair[1]}


def refuse_words_in_use(root: Path, old: Identity, new: Identity) -> None:
    """A name that the files use as another word already could never be told from it again."""
    fresh = set(new.words) - set(old.words) - {new.sender}
    counted: dict[str, list[str]] = {}
    for path, text in texts(root):
        if any(word in text for word in fresh):
            for word in fresh & set(words(new).findall(words(old).sub("", text))):
                counted.setdefault(word, []).append(path)
    for word, paths in counted.items():
        raise Refused(
            f"{word!r} is a word of {len(paths)} files already ({', '.join(paths[:3])}): a later rename "
            "could not tell it from your name. Choose another NAME or SLUG, or say ANYWAY=1, once for all."
        )


def write(root: Path, changed: dict[str, tuple[str, str]]) -> None:
    """newline="": what ends its lines as Windows does goes on doing so."""
    for path, (_before, after) in changed.items():
        (root / path).write_bytes(after.encode())
