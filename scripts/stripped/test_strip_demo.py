"""What is left of the project by `make strip-demo` is whole.

STRIPPED=whole runs all of the fast tests there instead of a share.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from scripts.stripped.copies import python

CHEAP = ["style", "layers", "templates", "project", "migrations", "css", "words", "translations"]
# Where the demo was woven in, and the road that must not need it.
SHARE = [
    "tests/test_docs.py",
    "tests/test_messages.py",
    "tests/access/test_table.py",
    "apps/core/tests/test_guards_tenancy.py",
    "apps/subscriptions/tests/test_road.py",
    "apps/web/tests/test_seed_people.py",
    "apps/web/tests/test_templates.py",
]
WHOLE = os.environ.get("STRIPPED") == "whole"


def test_the_cheap_checks_pass(stripped: Path) -> None:
    python(stripped, "scripts/lint.py", *CHEAP)


def test_nothing_speaks_of_the_demos_pages_any_more(stripped: Path) -> None:
    words = ["apps.demo", "seed_demo", "demo_states", "gated-page", "subscription/demo"]
    places = ["apps", "bench", "config", "docs", "load", "scripts", "templates", "tests", "README.md"]
    command = ["grep", "-rnIF", *(f"--regexp={word}" for word in words), "--exclude=strip_demo.py", *places]

    found = subprocess.run(command, cwd=stripped, capture_output=True, text=True)

    assert found.stdout == ""


def test_a_second_run_finds_nothing_to_do(stripped: Path) -> None:
    assert "nothing left" in python(stripped, "scripts/strip_demo.py")


def test_its_fast_tests_pass(stripped: Path) -> None:
    chosen = ["-n", "2"] if WHOLE else SHARE

    print(python(stripped, "-m", "pytest", "-q", *chosen)[-300:])
