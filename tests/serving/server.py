"""gunicorn with the product, and requests to it written by hand: what a library would never send."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = "app.example.com"
PROXY = {"Host": SITE, "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "tests.serving.settings",
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "only-for-this-server-" + "aB3_x9-Q" * 6,
    "ALLOWED_HOSTS": SITE,
    "SITE_DOMAIN": SITE,
    "USE_HTTPS_IN_ABSOLUTE_URLS": "True",
    "TRUSTED_PROXY_COUNT": "1",
    "REDIS_URL": "",
    "STRIPE_TEST_SECRET_KEY": "sk_test_" + 24 * "0",
    "DJSTRIPE_WEBHOOK_SECRET": "whsec_only_for_this_server",
    "PYTHONUNBUFFERED": "1",
    "PYTHONPATH": str(ROOT),
}


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    text: str

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass
class Server:
    """`port`, or the file of a socket."""

    folder: Path
    log: Path
    port: int = 0
    socket_file: Path | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def connect(self) -> socket.socket:
        if self.socket_file:
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(30)
            try:
                line.connect(str(self.socket_file))
            except OSError:
                line.close()
                raise
            return line
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def ask(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
    ) -> Answer:
        """As the proxy passes it on; a header of `None` is left out. An iterator is sent in chunks."""
        named = {**PROXY, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection = http.client.HTTPConnection("127.0.0.1")
        connection.sock = self.connect()
        try:
            sent = {name: value for name, value in named.items() if value is not None}
            connection.request(method, path, body, sent, encode_chunked=isinstance(body, Iterator))
            found = connection.getresponse()
            return Answer(found.status, found.getheaders(), found.read().decode(errors="replace"))
        finally:
            connection.close()

    @property
    def lines(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def serving(
    folder: Path,
    *,
    by_file: bool = False,
    migrated: bool = False,
    config: str = "config/gunicorn.py",
    **environment: str,
) -> Iterator[Server]:
    """A worker with four threads, as deployed; its database is a file, empty or with empty tables."""
    server = Server(folder, folder / "server.log", 0 if by_file else _free_port())
    if by_file:
        server.socket_file = folder / "web.sock"
    env = {**_bare(), **ENVIRONMENT, **_folders(folder), **environment}
    _collect(env)
    if migrated:
        _manage(env, "migrate")
    where = f"unix:{server.socket_file}" if by_file else f"127.0.0.1:{server.port}"
    command = [sys.executable, "-m", "gunicorn", "--config", config, "--workers", "1"]
    with server.log.open("w") as log:
        process = subprocess.Popen(
            [*command, "--bind", where, "config.wsgi"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(40)


def _bare() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


def _folders(folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'empty.sqlite3'}",
        "SERVED_STATIC": str(folder / "static"),
        "MEDIA_DIR": str(folder / "media"),
    }


def _collect(env: dict[str, str]) -> None:
    if not Path(env["SERVED_STATIC"]).exists():
        _manage(env, "collectstatic")


def _manage(env: dict[str, str], command: str) -> None:
    options = ["--noinput", "--verbosity", "0"]
    subprocess.run([sys.executable, "manage.py", command, *options], cwd=ROOT, env=env, check=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            server.connect().close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"gunicorn did not start:\n{server.lines}")
