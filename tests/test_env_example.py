"""What a person copies first has to be complete."""

import re
from pathlib import Path

import environ
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
EXAMPLE = ROOT / ".env.example"
# Names this file itself, so it cannot stand in it.
ELSEWHERE = {"ENV_FILE"}


def _read_by_settings() -> set[str]:
    sources = (ROOT / "config" / "settings").glob("*.py")
    return {
        name
        for path in sources
        for name in re.findall(r"""\benv(?:\.\w+)?\(\s*"([A-Z_]+)\"""", path.read_text())
    }


def _offered() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), re.M))


def test_every_variable_that_the_settings_read_is_offered():
    missing = _read_by_settings() - _offered() - ELSEWHERE

    assert not missing, f"Add to .env.example, with a value that works on a laptop: {sorted(missing)}"


def test_every_offered_variable_is_explained():
    lines = EXAMPLE.read_text().splitlines()
    headings = [line for line in lines if line.startswith("# ---")]

    assert len(headings) >= 5
    assert all(line.startswith("#") or "=" in line for line in lines if line), (
        "a line is neither comment nor value"
    )


class Untouched(environ.Env):
    """Reads into a place of its own instead of this process's environment."""

    ENVIRON = {}


def test_the_example_reads_as_it_is():
    environment = Untouched()

    environment.read_env(EXAMPLE)

    assert environment.db("DATABASE_URL")["ENGINE"] == "django.db.backends.sqlite3"
    assert environment.list("ALLOWED_HOSTS") == ["localhost", "127.0.0.1", "[::1]"]
    assert environment("DEFAULT_FROM_EMAIL") == f"{settings.PROJECT_NAME} <{settings.MAIL_SENDER}>"
    assert environment("STRIPE_TEST_SECRET_KEY").startswith("sk_test_")
