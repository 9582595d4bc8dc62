"""Take a newer version of the starter into this project, which has another name and changes of its own.

TO=v1.1.0 REMOTE=upstream python -m scripts.upgrade    `make upgrade` sets them

Each version is renamed as this project was and kept on the branch `upstream-renamed`, one commit each. Merged
from there, a version conflicts where both sides changed the same lines, and nowhere because of the name.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from scripts.rename import identity
from scripts.rename.answers import Refused
from scripts.rename.identity import Identity
from scripts.rename.tree import git, refuse_unless_clean

BRANCH = "upstream-renamed"
# The starter's tags have a place of their own here: the project's are called v1.1.0, too.
TAGS = "refs/starter"
# Written by a command from other files: made anew instead of merged.
MADE = {
    "static/css/app.css": "make css",
    "locale/*.mo": "make messages",
    "requirements/*.txt": "make requirements",
}
AFTERWARDS = """{version} is merged. Now:
  make install && .venv/bin/python manage.py migrate
  make lint test
docs/upgrading.md says what to do about two migrations of the same number."""
CONFLICTS = """
{version} is merged except for these, where this project and the new version changed the same lines, or one
deleted what the other changed:
{files}
In each, choose between <<<<<<< (yours) and >>>>>>> (the new version); then `git add` it. When all are done:
  git commit --no-edit
To leave everything as it was before: git merge --abort"""


def main() -> int:
    try:
        return upgrade(Path.cwd(), os.environ.get("TO", ""), os.environ.get("REMOTE") or "upstream")
    except Refused as refused:
        print(f"Not upgraded. {refused}", file=sys.stderr)
        return 1


def upgrade(root: Path, to: str, remote: str) -> int:
    ours = identity.read((root / "pyproject.toml").read_text())
    _refuse(root, to, ours)
    if to == f"v{ours.starter}":
        print(f"Nothing to do: this project has {to}.")
        return 0
    _fetch(root, to, remote)
    _refuse_older(root, to, ours)
    base = _renamed_base(root, ours)
    target = _renamed(root, to, ours, base)
    git(root, "update-ref", f"refs/heads/{BRANCH}", target)
    _join(root, base, ours)
    return _merge(root, to)


def _refuse(root: Path, to: str, ours: Identity) -> None:
    if not to:
        raise Refused("Which version? Name its tag: make upgrade TO=v1.1.0")
    if not ours.starter:
        raise Refused(
            "This project still has the starter's name: `git merge` takes a newer version as it is. "
            "Or rename it first (make rename)."
        )
    refuse_unless_clean(root)


def _fetch(root: Path, to: str, remote: str) -> None:
    if remote not in git(root, "remote").split():
        raise Refused(f"git knows no remote {remote!r}: git remote add {remote} <address of the starter>")
    git(root, "fetch", "--no-tags", remote, f"+refs/tags/*:{TAGS}/*")
    if not _tree_of(root, f"{TAGS}/{to}"):
        newest = ["--format=%(refname:lstrip=2)", "--sort=-version:refname", "--count=10"]
        known = git(root, "for-each-ref", *newest, TAGS).split()
        raise Refused(f"{remote} has no version {to}. It has: {', '.join(known) or 'no tag at all'}.")


def _refuse_older(root: Path, to: str, ours: Identity) -> None:
    """It would take back what the project has of the versions after it."""
    has = f"{TAGS}/v{ours.starter}"
    if _tree_of(root, has) and _is_in(root, f"{TAGS}/{to}", has):
        raise Refused(f"{to} is older than v{ours.starter}, which this project has.")


def _is_in(root: Path, commit: str, other: str) -> bool:
    command = ["git", "merge-base", "--is-ancestor", commit, other]
    return not subprocess.run(command, cwd=root, capture_output=True, check=False).returncode


def _renamed_base(root: Path, ours: Identity) -> str:
    """The version this project has, under the name it has.

    Made again in a clone without the branch, and after another rename.
    """
    for commit in git(root, "rev-list", BRANCH).split() if _tree_of(root, BRANCH) else []:
        if identity.read(git(root, "show", f"{commit}:pyproject.toml")) == ours:
            return commit
    tag = f"v{ours.starter}"
    if not _tree_of(root, f"{TAGS}/{tag}"):
        raise Refused(
            f"This project has the starter's {tag} (`starter` in pyproject.toml), and the remote knows no "
            "such version. Correct the number there: the one whose changes you have."
        )
    return _renamed(root, tag, ours, parent=None)


def _renamed(root: Path, tag: str, ours: Identity, parent: str | None) -> str:
    """A commit of this version under this project's name, as the version's own `rename` makes it."""
    with _checked_out(root, f"{TAGS}/{tag}") as folder:
        command = [sys.executable, "-m", "scripts.rename"]
        done = subprocess.run(command, cwd=folder, env=_environment(ours), capture_output=True, text=True)
        if done.returncode:
            raise Refused(f"{tag} cannot be renamed. {done.stderr.strip()}")
        made = identity.read((folder / "pyproject.toml").read_text())
        if f"v{made.starter}" != tag:
            raise Refused(
                f"{tag} calls itself {made.starter} in its pyproject.toml: it was tagged too early."
            )
        git(folder, "add", "--all")
        tree = git(folder, "write-tree").strip()
    parents = ["-p", parent] if parent else []
    return git(root, "commit-tree", tree, *parents, "-m", f"The starter's {tag} as {ours.name}").strip()


def _environment(ours: Identity) -> dict[str, str]:
    """ANYWAY: what was right for this project's name once is not asked again."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DOMAIN", "DRY_RUN")}
    answers = {"NAME": ours.name, "SLUG": ours.slug, "SENDER": ours.sender, "HOLDER": ours.holder}
    return {**kept, **answers, "COLOUR": str(ours.hue), "ANYWAY": "1"}


@contextmanager
def _checked_out(root: Path, what: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as outside:
        folder = Path(outside) / "tree"
        git(root, "worktree", "add", "--detach", str(folder), what)
        try:
            yield folder
        finally:
            git(root, "worktree", "remove", "--force", str(folder))


def _join(root: Path, base: str, ours: Identity) -> None:
    """Say once that this project already has all of the version it was made from."""
    if not _is_in(root, base, "HEAD"):
        said = f"This project was made from the starter's v{ours.starter}"
        git(root, "merge", "--strategy", "ours", "--allow-unrelated-histories", "-m", said, base)


def _merge(root: Path, to: str) -> int:
    said = f"Take the starter's {to}"
    done = subprocess.run(
        ["git", "merge", "--no-ff", "-m", said, BRANCH], cwd=root, capture_output=True, text=True
    )
    if not done.returncode:
        print(AFTERWARDS.format(version=to))
        return 0
    paths = git(root, "diff", "--name-only", "--diff-filter=U").splitlines()
    if not paths:
        raise Refused(f"git merge says: {(done.stderr or done.stdout).strip()}")
    print(CONFLICTS.format(version=to, files="\n".join(map(_conflict, paths))))
    return 1


def _conflict(path: str) -> str:
    commands = [command for pattern, command in MADE.items() if fnmatch(path, pattern)]
    made = f"   made by a command: git checkout --theirs {path}, then {commands[0]}" if commands else ""
    return f"  {path}{made}"


def _tree_of(root: Path, what: str) -> bool:
    command = ["git", "rev-parse", "--verify", "--quiet", f"{what}^{{tree}}"]
    return not subprocess.run(command, cwd=root, capture_output=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
