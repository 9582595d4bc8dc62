"""A clone as somebody has it who makes a product of it: its git, its `make`, and what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.rename import identity
from scripts.rename.identity import Identity

ANSWERS = ("NAME", "SLUG", "SENDER", "DOMAIN", "HOLDER", "COLOUR", "DRY_RUN", "ANYWAY", "TO", "REMOTE")
# Half of the files, and no test here looks at them.
HEAVY = re.compile(r"assets/css/vendor/|docs/images/|stripe_sandbox/.*\.json$")
WHO = {"NAME": "Ada", "EMAIL": "ada@example.com"}
# What `make test` or a hook hands down is about this project, not about the clone.
FOREIGN = re.compile(r"GIT_|MAKE|MFLAGS")
ENVIRONMENT = {
    key: value for key, value in os.environ.items() if key not in ANSWERS and not FOREIGN.match(key)
}
ENVIRONMENT |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
ENVIRONMENT |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}


@dataclass(frozen=True)
class Project:
    root: Path

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=ENVIRONMENT, capture_output=True, text=True, check=True
        )
        return done.stdout

    def make(self, goal: str, machine: Mapping[str, str] | None = None, **variables: str) -> tuple[int, str]:
        """The exit code and all that was said. `machine`: what its environment holds already."""
        done = subprocess.run(
            ["make", "--silent", goal, *(f"{key}={value}" for key, value in variables.items())],
            cwd=self.root,
            env={**ENVIRONMENT, **(machine or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def renamed(self, name: str, **variables: str) -> Project:
        code, said = self.make("rename", NAME=name, **variables)
        assert code == 0, said
        return self

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def tree(self) -> str:
        """The same for two projects whose files say the same."""
        self.git("add", "--all")
        return self.git("write-tree").strip()

    def changed(self) -> list[str]:
        return self.git("status", "--porcelain").splitlines()

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, f"{path} does not say {old!r}"
        (self.root / path).write_text(text.replace(old, new, 1))

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def clone(self, root: Path) -> Project:
        self.git("clone", "--quiet", "--no-tags", str(self.root), str(root))
        return Project(root)

    def identity(self) -> Identity:
        return identity.read(self.read("pyproject.toml"))

    def files(self) -> dict[str, str]:
        """Each text that is committed or would be."""
        found = {}
        for path in self.git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
            try:
                found[path] = self.read(path)
            except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                continue
        return found


def copied(source: Path, target: Path, without: re.Pattern[str] | None = None) -> Project:
    """A repository of its own with the files as they are now, committed or not.

    As a starter, also where this project was made from one: nothing says that it was.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=source, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (source / name).is_file() and not (without and without.match(name)):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)
    project = Project(target)
    pyproject = project.read("pyproject.toml")
    own = project.identity()
    project.write("pyproject.toml", pyproject.replace(f'starter = "{own.starter}"\n', ""))
    project.git("init", "--quiet", "--initial-branch", "main")
    project.commit("As it is")
    return project
