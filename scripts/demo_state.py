"""What the demo has prepared already, so that the second start skips it."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import env_file

ROOT = Path(__file__).resolve().parent.parent
NOTE = "demo.json"
LOGINS = "demo-logins.txt"
FORGOTTEN = ["demo.sqlite3", "sandbox.sqlite3", "mail", "valkey", "media", NOTE, LOGINS]


def fingerprint(env: dict[str, str], address: str) -> str:
    """Changes with whatever makes the preparation necessary again."""
    parts = [address, env["DATABASE_URL"], env.get("STRIPE_API_HOST", ""), env["STRIPE_SANDBOX_STATE"]]
    parts += [env.get("SUBSCRIPTION_HOLDER_MODEL", "")]
    parts += [hashlib.sha256(path.read_bytes()).hexdigest() for path in _preparing_files()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _preparing_files() -> Iterator[Path]:
    yield ROOT / "requirements" / "base.txt"
    yield ROOT / "scripts" / "demo_data.py"
    yield ROOT / "scripts" / "demo_states.py"  # demo-only
    yield from sorted((ROOT / "apps").glob("*/migrations/*.py"))
    yield from sorted((ROOT / "apps").glob("*/management/commands/*.py"))
    yield from sorted((ROOT / "apps").glob("subscriptions/metadata*.py"))


def is_prepared(var: Path, wanted: str, files: list[Path]) -> bool:
    note = var / NOTE
    if not note.exists() or json.loads(note.read_text()).get("fingerprint") != wanted:
        return False
    return _has_secret() and all(path.exists() for path in files)


def _has_secret() -> bool:
    name = "DJSTRIPE_WEBHOOK_SECRET"
    return bool(os.environ.get(name) or env_file.read().get(name))


def remember(var: Path, reached: str) -> None:
    (var / NOTE).write_text(json.dumps({"fingerprint": reached}))


def logins(var: Path) -> list[str]:
    """What the preparation printed about who may sign in."""
    path = var / LOGINS
    return path.read_text().splitlines() if path.exists() else []


def forget(var: Path) -> None:
    for name in FORGOTTEN:
        for path in var.glob(f"{name}*"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
