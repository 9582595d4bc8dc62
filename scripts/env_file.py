"""The .env of this checkout, or the file that ENV_FILE names."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATH = Path(os.environ.get("ENV_FILE", ROOT / ".env"))


def make_if_missing() -> bool:
    """Copy .env.example with a SECRET_KEY of this machine's own. True if there was none."""
    if PATH.exists():
        return False
    lines = (ROOT / ".env.example").read_text().splitlines()
    own = f"SECRET_KEY={secrets.token_urlsafe(50)}"
    PATH.write_text("\n".join(own if line.startswith("SECRET_KEY=") else line for line in lines) + "\n")
    PATH.chmod(0o600)
    return True


def read() -> dict[str, str]:
    values = {}
    for line in PATH.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.lstrip().startswith("#"):
            values[name.removeprefix("export ").strip()] = value.strip().strip("'\"")
    return values
