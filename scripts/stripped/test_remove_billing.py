"""The recipe of docs/removing-billing.md, walked in a copy."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.stripped.copies import python, save

# Types among them: a setting that went is missed where nobody imports anything.
CHEAP = ["style", "layers", "types", "templates", "project", "migrations"]
# Whose doors, roles and places everything else leans on; STRIPPED=whole: all that stay.
SHARE = [
    "apps/users/tests/test_accounts.py",
    "apps/teams/tests/test_members.py",
    "apps/teams/tests/test_bulk_inviting.py",
    "tests/test_env_example.py",
]
STAYS = ["apps/users", "apps/teams", "tests"]


@pytest.fixture(scope="module")
def unsold(stripped: Path) -> Iterator[Path]:
    """The copy without billing."""
    copy = stripped.parent / "unsold"
    shutil.copytree(stripped, copy)
    save(copy)
    python(copy, "scripts/remove_billing.py")
    yield copy
    shutil.rmtree(copy)


def test_the_cheap_checks_pass(unsold: Path) -> None:
    python(unsold, "scripts/lint.py", *CHEAP)


def test_a_database_can_be_made(unsold: Path) -> None:
    migrate = ["manage.py", "migrate", "--verbosity", "0", "--settings", "config.settings.test"]

    python(unsold, *migrate)
    made = python(unsold, "manage.py", "showmigrations", "--settings", "config.settings.test")

    assert "[ ]" not in made
    assert "djstripe" not in made


def test_nothing_imports_billing_any_more(unsold: Path) -> None:
    pattern = r"^ *(from|import) (apps\.subscriptions|stripe|djstripe|stripe_sandbox)\b"
    command = ["git", "grep", "-nE", pattern, "--", "*.py"]

    found = subprocess.run(command, cwd=unsold, capture_output=True, text=True)

    assert found.stdout == ""


def test_browsers_may_send_no_form_to_stripe(unsold: Path) -> None:
    policy = (unsold / "config" / "settings" / "browser.py").read_text()

    assert '"form-action": [SELF],' in policy


def test_accounts_and_teams_work(unsold: Path) -> None:
    chosen = ["-n", "2", *STAYS] if os.environ.get("STRIPPED") == "whole" else SHARE

    print(python(unsold, "-m", "pytest", "-q", *chosen)[-300:])
