"""The whole product on this machine: web, Celery worker and beat, broker, Stripe sandbox. Ctrl-C stops all.

    .venv/bin/python scripts/demo.py [--reset]

Every variable that the environment already holds is honoured, then those of .env: PORT (8000),
STRIPE_SANDBOX_PORT (12111), DATABASE_URL, REDIS_URL (set but empty: no broker, tasks run in the web process),
STRIPE_API_HOST (another machine, or empty for the real Stripe: no sandbox is started),
DEMO_FOLDER (var: where the demo notes what it did), DEMO_RELOAD (no: the web process ignores changed files).
"""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import demo_state
import env_file
from processes import Child, stop, wait_until
from services import free_port, listens, valkey_command
from terminal import box, show

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / os.environ.get("DEMO_FOLDER", "var")
PYTHON = sys.executable


class Stopped(Exception):
    """Somebody asked the demo to end."""


@dataclass
class Demo:
    env: dict[str, str]
    port: int
    sandbox_port: int
    starts_sandbox: bool
    starts_broker: bool
    children: list[Child] = field(default_factory=list)

    @property
    def has_broker(self) -> bool:
        return bool(self.env["REDIS_URL"])

    @property
    def files(self) -> list[Path]:
        """Where our data is: without them nothing is prepared, whatever the note says."""
        names = [self.env["STRIPE_SANDBOX_STATE"]] * self.starts_sandbox
        names += [name for name in [self.env["DATABASE_URL"].partition("sqlite:///")[2]] if name]
        return [ROOT / name for name in names]

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"


def main() -> int:
    began = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    if env_file.make_if_missing():
        show("demo", "Made .env from .env.example")
    demo = _plan()
    _refuse_taken_ports(demo)
    if "--reset" in sys.argv:
        demo_state.forget(VAR)
        show("demo", "Forgot the demo's data")
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        _start_services(demo)
        _prepare(demo)
        _start_web(demo)
        _start_celery(demo)
        box(_greeting(demo, time.monotonic() - began))
        return _watch(demo)
    except Stopped:
        show("demo", "Stopping")
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop(demo.children)


def _ask_to_stop(number: int, frame: object) -> None:
    raise Stopped


def _plan() -> Demo:
    """What to start, from the environment first and .env second."""
    values = {**env_file.read(), **os.environ}
    port = _port(values, "PORT", 8000)
    sandbox_port = _port(values, "STRIPE_SANDBOX_PORT", 12111)
    starts_sandbox = "STRIPE_API_HOST" not in os.environ and _is_here(
        values.get("STRIPE_API_HOST", "localhost")
    )
    starts_broker = not values.get("REDIS_URL") and "REDIS_URL" not in os.environ
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "DJANGO_RUNSERVER_HIDE_WARNING": "true"}
    if not env.get("DJSTRIPE_WEBHOOK_SECRET"):
        env.pop(
            "DJSTRIPE_WEBHOOK_SECRET", None
        )  # empty, it would hide the one that the preparation writes to .env
    env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    env.setdefault("DATABASE_URL", values.get("DATABASE_URL") or "sqlite:///var/demo.sqlite3")
    env.setdefault("SITE_DOMAIN", f"localhost:{port}")
    env["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0" if starts_broker else values.get("REDIS_URL", "")
    env["LOGINS"] = str(VAR / demo_state.LOGINS)
    env["STRIPE_SANDBOX_PORT"] = str(sandbox_port)
    env["STRIPE_SANDBOX_STATE"] = values.get("STRIPE_SANDBOX_STATE") or "var/sandbox.sqlite3"
    if starts_sandbox:
        env["STRIPE_API_HOST"] = f"http://localhost:{sandbox_port}"
    return Demo(env, port, sandbox_port, starts_sandbox, starts_broker)


def _port(values: dict[str, str], name: str, default: int) -> int:
    text = values.get(name) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"{name}={text} is not a port: give a number from 1 to 65535.")
    return int(text)


def _is_here(host: str) -> bool:
    return "localhost" in host or "127.0.0.1" in host


def _refuse_taken_ports(demo: Demo) -> None:
    wanted = [("PORT", demo.port)] + [("STRIPE_SANDBOX_PORT", demo.sandbox_port)] * demo.starts_sandbox
    for name, port in wanted:
        if listens(port):
            sys.exit(
                f"Port {port} is taken by another program (another demo, perhaps).\n"
                f"Stop that program, or choose another port: {name}={_free_after(port, demo)} make demo"
            )


def _free_after(port: int, demo: Demo) -> int:
    candidates = (number for number in range(port + 1, 65536) if number not in (demo.port, demo.sandbox_port))
    return next(number for number in candidates if not listens(number))


def _start(demo: Demo, name: str, *command: str | Path, **extra: str) -> Child:
    child = Child(name, command, env={**demo.env, **extra}, show=_only_kept if name == "valkey" else show)
    demo.children.append(child)
    return child


def _only_kept(name: str, line: str) -> None:
    """The broker talks about the machine, not about the product; its last lines are kept should it end."""


def _start_services(demo: Demo) -> None:
    if demo.starts_broker:
        folder = VAR / "valkey"
        folder.mkdir(exist_ok=True)
        port = int(demo.env["REDIS_URL"].rsplit(":", 1)[1].split("/")[0])
        command = [*valkey_command(port, folder)]
        _await(_start(demo, "valkey", *command), lambda: listens(port))
    if demo.starts_sandbox:
        command = [
            "-m",
            "stripe_sandbox",
            "--port",
            str(demo.sandbox_port),
            "--state",
            demo.env["STRIPE_SANDBOX_STATE"],
        ]
        _await(_start(demo, "sandbox", PYTHON, *command), lambda: listens(demo.sandbox_port))


def _prepare(demo: Demo) -> None:
    """Database, catalogue, webhook endpoint and people: all of it the first time, nothing after that."""
    fingerprint = demo_state.fingerprint(demo.env, demo.address)
    if demo_state.is_prepared(VAR, fingerprint, demo.files):
        show("demo", "The data of the last time is still there (`make demo-reset` starts over)")
        return
    show("demo", "Preparing database, catalogue and people: about ten seconds, the first time only")
    command = [PYTHON, ROOT / "scripts" / "demo_data.py", f"{demo.address}/stripe/webhook/"]
    child = Child("demo", command, env=demo.env, show=show)
    demo.children.append(child)
    while child.exit_code is None:
        _fail_if_dead(demo, but=child)
        time.sleep(0.05)
    if child.wait() != 0:
        _fail(demo, child)
    demo.children.remove(child)
    demo_state.remember(VAR, fingerprint)


def _start_web(demo: Demo) -> None:
    options = ["--skip-checks"] + ["--noreload"] * (demo.env.get("DEMO_RELOAD") == "no")
    web = _start(demo, "web", PYTHON, "manage.py", "runserver", *options, f"127.0.0.1:{demo.port}")
    _await(web, lambda: _answers(f"{demo.address}/health/"), seconds=60)


def _start_celery(demo: Demo) -> None:
    if not demo.has_broker:
        show("demo", "REDIS_URL is empty: tasks run in the web process, nothing runs on a schedule")
        return
    calm = {"PYTHONWARNINGS": "ignore"}  # Celery warns of root, as which containers and CI run
    celery = [PYTHON, "-m", "celery", "--quiet", "--app", "config"]
    worker = ["worker", "--concurrency", "2", "--loglevel", "info", "--without-mingle", "--without-gossip"]
    _start(demo, "worker", *celery, *worker, **calm)
    beat = ["beat", "--loglevel", "info", "--pidfile", ""]
    _start(demo, "beat", *celery, *beat, **calm)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _await(child: Child, ready: object, *, seconds: float = 20) -> None:
    if not wait_until(ready, child=child, seconds=seconds):  # type: ignore[arg-type]
        raise SystemExit(_post_mortem(child, "did not start"))


def _watch(demo: Demo) -> int:
    while True:
        _fail_if_dead(demo)
        time.sleep(0.3)


def _fail_if_dead(demo: Demo, but: Child | None = None) -> None:
    for child in demo.children:
        if child is not but and child.exit_code is not None:
            _fail(demo, child)


def _fail(demo: Demo, child: Child) -> None:
    raise SystemExit(_post_mortem(child, f"ended with exit code {child.exit_code}"))


def _post_mortem(child: Child, what: str) -> str:
    time.sleep(0.2)  # its last words are still on the way
    last = "\n".join(f"    {line}" for line in child.last_lines) or "    (it said nothing)"
    return f"\n{child.name} {what}; everything is being stopped. Its last lines:\n{last}"


def _greeting(demo: Demo, seconds: float) -> list[str]:
    lines = [
        f"Lintel is running ({seconds:.0f} s).  Ctrl-C stops everything.",
        "",
        f"The product      {demo.address}/",
        f"Mail it sent     {demo.address}/_mail/",
        f"Admin            {demo.address}/admin/",
    ]
    if demo.starts_sandbox:
        lines.append(
            f"Stripe sandbox   http://localhost:{demo.sandbox_port}/   (test card 4242 4242 4242 4242)"
        )
    return [*lines, "", *demo_state.logins(VAR)]


if __name__ == "__main__":
    sys.exit(main())
