"""Close the section of what was not released: python -m scripts.release 1.1.0

docs/releasing.md says what follows.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from scripts.rename.answers import Refused
from scripts.rename.identity import VERSION, version
from scripts.rename.tree import refuse_unless_clean

OPEN = "## [Unreleased]\n"
NUMBER = re.compile(r"\d+\.\d+\.\d+")


def main() -> int:
    try:
        return release(Path.cwd(), sys.argv[1] if sys.argv[1:] else "")
    except Refused as refused:
        print(f"Not released. {refused}", file=sys.stderr)
        return 1


def release(root: Path, new: str) -> int:
    pyproject, changelog = root / "pyproject.toml", root / "CHANGELOG.md"
    before, history = pyproject.read_text(), changelog.read_text()
    _refuse(root, new, version(before), history)
    pyproject.write_text(VERSION.sub(new, before, count=1))
    changelog.write_text(history.replace(OPEN, f"{OPEN}\n## [{new}] - {datetime.now(UTC).date()}\n", 1))
    print(f'Look at it, then: git commit -am "Release {new}" && git tag --annotate v{new} --message "{new}"')
    return 0


def _refuse(root: Path, new: str, present: str, history: str) -> None:
    if not NUMBER.fullmatch(new):
        raise Refused("Give a version of three numbers: make release VERSION=1.1.0")
    if f"## [{new}]" in history:
        raise Refused(f"CHANGELOG.md has a section {new} already; the present version is {present}.")
    if not history.partition(OPEN)[2].partition("\n## ")[0].strip():
        raise Refused("Nothing stands under [Unreleased] in CHANGELOG.md: say there what is new.")
    refuse_unless_clean(root)


if __name__ == "__main__":
    sys.exit(main())
