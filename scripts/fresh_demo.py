"""A demo of its own folder, data, mail and ports, gone afterwards: for pictures and for browser tests."""

import os
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from processes import Child, stop, wait_until
from services import free_port

ROOT = Path(__file__).resolve().parent.parent
READY = "Lintel is running"
SECONDS = 300


class Log:
    """What the demo's programs say: listened to for one line, kept for when something fails."""

    def __init__(self) -> None:
        self.is_ready = False
        self.lines: deque[str] = deque(maxlen=500)

    def __call__(self, name: str, line: str) -> None:
        self.lines.append(line)
        self.is_ready = self.is_ready or READY in line


@dataclass(frozen=True)
class FreshDemo:
    """`env`: what another program needs to see the same data."""

    site: str
    sandbox: str
    log: Log
    env: Mapping[str, str]


@contextmanager
def fresh_demo(**own: str) -> Iterator[FreshDemo]:
    """The running product. `own` are variables for it, DATABASE_URL for example; SQLite and a broker of its
    own without. Raises SystemExit with the demo's last words when it does not start."""
    with tempfile.TemporaryDirectory(prefix="lintel-demo-") as folder:
        port, sandbox_port = free_port(), free_port()
        env = {**_environment(Path(folder), port, sandbox_port), **own}
        log = Log()
        child = Child("demo", [sys.executable, "scripts/demo.py"], env=env, show=log)
        try:
            if not wait_until(lambda: log.is_ready, child=child, seconds=SECONDS):
                raise SystemExit("The demo did not start:\n" + "\n".join(log.lines))
            yield FreshDemo(f"http://localhost:{port}", f"http://localhost:{sandbox_port}", log, _inside(env))
        finally:
            stop([child], patience=15)


def _environment(folder: Path, port: int, sandbox_port: int) -> dict[str, str]:
    """Nothing of a developer's settings: what .env.example names is taken from there."""
    example = ROOT / ".env.example"
    (folder / "env").write_text(example.read_text())
    own = {
        "ENV_FILE": folder / "env",
        "DEMO_FOLDER": folder,
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "STRIPE_SANDBOX_STATE": folder / "sandbox.sqlite3",
        "MAIL_DIR": folder / "mail",
        "DEMO_RELOAD": "no",
        "PORT": port,
        "STRIPE_SANDBOX_PORT": sandbox_port,
    }
    return {**_without(os.environ, example), **{name: str(value) for name, value in own.items()}}


def _inside(env: Mapping[str, str]) -> dict[str, str]:
    """As the demo's own programs have it."""
    site = {"SITE_DOMAIN": f"localhost:{env['PORT']}", "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    return {
        "REDIS_URL": "",
        **env,
        **site,
        "STRIPE_API_HOST": f"http://localhost:{env['STRIPE_SANDBOX_PORT']}",
    }


def _without(environment: Mapping[str, str], example: Path) -> dict[str, str]:
    named = {line.partition("=")[0] for line in example.read_text().splitlines()}
    return {
        name: value for name, value in environment.items() if name not in named | {"DJANGO_SETTINGS_MODULE"}
    }
