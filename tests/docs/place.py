"""A copy of the project where the documentation is done as it says, with the sandbox as Stripe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.docs.blocks import Block, changed
from tests.renaming.project import copied

ROOT = Path(__file__).resolve().parent.parent.parent
# No example needs them, and they are half of the files.
LEFT_OUT = re.compile(r"assets/css/vendor/|docs/images/|stripe_sandbox/.*/recorded")
KEPT = {"HOME", "LANG", "PATH", "TMPDIR", "CI", "CHROMIUM"}


@dataclass(frozen=True)
class Place:
    root: Path
    env: dict[str, str]

    def carry_out(self, block: Block) -> None:
        if block.language == "shell":
            self.run(block.text)
        elif block.language == "diff":
            path = self.root / block.title
            path.write_text(changed(path.read_text(), block.text))
        elif block.title:
            path = self.root / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)

    def run(self, commands: str) -> str:
        """What they said. The first that ends badly ends it."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.root, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"$ {commands}\n{done.stdout[-6_000:]}"
        return done.stdout


def place_at(folder: Path, stripe: str) -> Place:
    """`stripe` is the sandbox's address. `.venv` is the one of this project."""
    copied(ROOT, folder, without=LEFT_OUT)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    (folder / ".git" / "info" / "exclude").write_text(".venv\n")  # a link is no folder to .gitignore
    (folder / ".env").write_text((ROOT / ".env.example").read_text())
    (folder / "var").mkdir(exist_ok=True)
    env = {name: value for name, value in os.environ.items() if name in KEPT}
    own = {"DATABASE_URL": "sqlite:///var/shown.sqlite3", "REDIS_URL": "", "STRIPE_API_HOST": stripe}
    quick = {"PYTEST_ADDOPTS": "--no-migrations"}  # `manage.py migrate` of the page tries the new ones
    return Place(folder, {**env, **own, **quick})
