"""Give the project a name of its own.

NAME="Your Product" python -m scripts.rename   also SLUG, SENDER, DOMAIN, HOLDER, COLOUR, DRY_RUN, ANYWAY

`make rename` hands on what it is given.
"""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path

from scripts.rename import identity
from scripts.rename.answers import Refused, from_variables, identity_for
from scripts.rename.identity import Identity
from scripts.rename.tree import changes, refuse_unless_clean, refuse_words_in_use, write

AFTERWARDS = """
Look at it (git diff), then commit it before anything else. What is left for you:
  make brand-images    icons and the picture for chats in your colour, with your name
  .env                 on this machine keeps the former name in DEFAULT_FROM_EMAIL
  docker compose       the former containers and their data stay under the former name until you remove them
More: docs/renaming.md"""


def main() -> int:
    try:
        return rename(Path.cwd(), dict(os.environ))
    except Refused as refused:
        print(f"Not renamed. {refused}", file=sys.stderr)
        return 1


def rename(root: Path, variables: dict[str, str]) -> int:
    dry = bool(variables.get("DRY_RUN"))
    pyproject = (root / "pyproject.toml").read_text()
    old = identity.read(pyproject)
    new = identity_for(from_variables(variables), old, identity.version(pyproject))
    if not dry:
        refuse_unless_clean(root)
    if not variables.get("ANYWAY"):
        refuse_words_in_use(root, old, new)
    changed = changes(root, old, new)
    print("\n".join(_summary(changed, old, new)))
    if changed and not dry:
        write(root, changed)
        print(AFTERWARDS)
    return 0


def _summary(changed: dict[str, tuple[str, str]], old: Identity, new: Identity) -> list[str]:
    if not changed:
        return [f"Nothing to do: the project is called {new.name}."]
    lines = [f"  {path:<56}{_count(*texts):>3} lines" for path, texts in sorted(changed.items())]
    return [f"{old.name} becomes {new.name} ({new.slug}, mails from {new.sender}):", *lines]


def _count(before: str, after: str) -> int:
    ndiff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return sum(line.startswith("+") and not line.startswith("+++") for line in ndiff)


if __name__ == "__main__":
    sys.exit(main())
