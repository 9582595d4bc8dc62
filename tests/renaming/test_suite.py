"""A renamed clone passes what stands or falls with the name. `test.py renamed` runs all fast tests there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.renaming.project import Project, copied

pytestmark = pytest.mark.rename

# Marks that HTML escapes, a letter that is not ASCII, and more than one word.
NAME, SLUG = "Zéphyr's Quay & Co.", "zephyr-quay"
CHECKS = ["style", "templates", "css", "words"]
SHARE = [
    "apps/core/tests/test_emails.py",
    "apps/teams/tests/test_invitation_mail.py",
    "apps/teams/tests/test_admin_log.py",
    "apps/web/tests/test_health.py",
    "apps/web/tests/test_search_engines.py",
    "apps/web/tests/test_seed_people.py",
    "tests/accounts/test_two_steps.py",
    "tests/languages/test_mails.py",
    "tests/leaving/test_deleting.py",
    "tests/test_docs.py",
    "tests/test_env_example.py",
]
ALL = ["-n", "2"]


@pytest.fixture(scope="module")
def product(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """With everything in it, renamed and committed."""
    made = copied(source, tmp_path_factory.mktemp("product"))
    made.renamed(NAME, SLUG=SLUG, DOMAIN="quay.example", HOLDER="Quay Trading Ltd.", COLOUR="#b3261e")
    made.commit("Our name")
    return made


def run(product: Project, *command: str) -> str:
    """With this project's packages, and nothing of its own settings."""
    env = {
        **{key: os.environ[key] for key in ("HOME", "LANG", "PATH", "TMPDIR") if key in os.environ},
        "DATABASE_URL": "sqlite:///var/test.sqlite3",
        "REDIS_URL": "",
        "ENV_FILE": os.devnull,
    }
    (product.root / "var").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=product.root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20_000:]
    return done.stdout


def test_the_checks_pass(product: Project) -> None:
    said = run(product, "scripts/lint.py", *CHECKS)

    assert f"{len(CHECKS)} checks passed" in said


def test_the_tests_pass(product: Project) -> None:
    tests = ALL if os.environ.get("RENAMED_SUITE") == "all" else SHARE

    said = run(product, "-m", "pytest", "-q", *tests)

    assert " passed" in said
    assert product.changed() == []
