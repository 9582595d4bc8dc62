"""The product as on a server, and many people at once: does it hold, and is all of it true afterwards?

.venv/bin/python scripts/load.py [--seconds 300] [--users 40]
.venv/bin/python scripts/load.py leak [--requests 100000]

gunicorn, Celery worker and beat with the settings of production, PostgreSQL that syncs to disk, Valkey, the
Stripe sandbox: all started here, all gone afterwards. DATABASE_URL and REDIS_URL are not touched.
Exit code 1 when a request failed, when something is not true, or when memory grows.
"""

import argparse
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import services
from load_report import tell
from load_watch import Watch
from processes import Child, stop, wait_until

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "load"
PYTHON = sys.executable
KEY = "sk_test_" + "0" * 24
# As on a server: what was committed is on the disk.
ON_DISK = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# As docs/deployment.md says.
WEB = ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi", "--access-logfile", "/dev/null", "--bind"]
WORKER = ["celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "warning"]
BEAT = ["celery", "-A", "config", "beat", "--loglevel", "warning", "--pidfile="]
# Who arrive: a password costs a fifth of a second of a core, so a crowd at the door is a load of its own.
PER_SECOND = 1
LEAVE_SECONDS = 45  # at the end everybody finishes what they are at


@dataclass(frozen=True)
class Site:
    """A running product. `env`: what its processes see."""

    env: dict[str, str]
    folder: Path
    url: str
    sandbox: str
    groups: dict[str, int]  # the process groups of database and sandbox


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    options = _options()
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        return _leak(options.requests) if options.what == "leak" else _load(options.seconds, options.users)
    except KeyboardInterrupt:
        return 130


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/load.py")
    parser.add_argument("what", nargs="?", choices=["mixed", "leak"], default="mixed")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--users", type=int, default=40)
    parser.add_argument("--requests", type=int, default=100_000)
    return parser.parse_args()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


# --- many people at once --------------------------------------------------------------------------------


def _load(seconds: int, users: int) -> int:
    tools = _locust()
    with _site(users) as site:
        with ExitStack() as stack:
            groups = {**_start(site, stack), **site.groups}
            watch = Watch(groups, site.env["DATABASE_URL"], site.env["REDIS_URL"], site.sandbox)
            with watch:
                print(f"{users} people for {seconds} seconds", flush=True)
                _come(site, tools, seconds, users)
            verdict = _verdict(site, watch)
        report = json.loads((site.folder / "report.json").read_text())
        return tell(report, verdict, watch)


def _start(site: Site, stack: ExitStack) -> dict[str, int]:
    """Web, worker and beat; answers their process groups."""
    children: list[Child] = []
    stack.callback(stop, children)
    commands = {"web": [*WEB, site.url.removeprefix("http://")], "worker": WORKER, "beat": BEAT}
    for name, command in commands.items():
        children.append(
            Child(name, [PYTHON, "-m", *command], env=site.env, show=_into(site.folder / f"{name}.log"))
        )
    port = int(site.url.rpartition(":")[2])
    if not wait_until(lambda: services.listens(port), child=children[0], seconds=60):
        raise SystemExit("The web process did not start:\n" + "\n".join(children[0].last_lines))
    return {child.name: child.process.pid for child in children}


def _come(site: Site, tools: Path, seconds: int, users: int) -> None:
    command = ["locust", "-f", "load/people.py", "--headless", "--only-summary"]
    command += ["-u", str(users), "-r", str(PER_SECOND), "-t", f"{seconds}s"]
    command += ["--stop-timeout", str(LEAVE_SECONDS), "--exit-code-on-error", "0", "--loglevel", "WARNING"]
    env = {
        **os.environ,
        "PYTHONPATH": f"{tools}{os.pathsep}{ROOT}",
        "LOAD_WORLD": str(site.folder / "world.json"),
        "LOAD_MAIL": str(site.folder / "mail"),
        "LOAD_REPORT": str(site.folder / "report.json"),
        "LOAD_SITE": site.url,
        "LOAD_SANDBOX": site.sandbox,
        "LOAD_KEY": KEY,
    }
    with (site.folder / "locust.log").open("w") as log:
        subprocess.run([PYTHON, "-m", *command], cwd=ROOT, env=env, check=True, stdout=log, stderr=log)


def _verdict(site: Site, watch: Watch) -> dict[str, Any]:
    print("All have left; waiting until the product is quiet", flush=True)
    heard, file = site.folder / "deliveries.json", site.folder / "verdict.json"
    heard.write_text(json.dumps({"sent": watch.sent, "last": watch.last, "began": watch.began}))
    _run(site, "load.verdict", str(heard), str(file))
    return dict(json.loads(file.read_text()))


def _locust() -> Path:
    """Where locust can be imported from; installed by hash the first time, beside .venv."""
    requirements = ROOT / "requirements" / "load.txt"
    target = VAR / f"locust-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    if not target.exists():
        print("Installing requirements/load.txt beside .venv", flush=True)
        with tempfile.TemporaryDirectory(dir=VAR) as part:
            command = [PYTHON, "-m", "pip", "install", "--quiet", "--target", f"{part}/packages"]
            command += ["--no-deps", "--require-hashes", "-r", str(requirements)]
            env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
            subprocess.run(command, env=env, check=True, stdin=subprocess.DEVNULL)
            Path(part, "packages").rename(target)
    return target


# --- the same page a hundred thousand times -------------------------------------------------------------


def _leak(requests: int) -> int:
    with _site(teams=2) as site:
        command = [PYTHON, "-m", "load.leak", str(site.folder / "world.json"), str(requests)]
        with (site.folder / "leak.log").open("w") as log:
            return subprocess.run(command, cwd=ROOT, env=site.env, stderr=log).returncode


# --- what both need -------------------------------------------------------------------------------------


@contextmanager
def _site(teams: int) -> Iterator[Site]:
    """Database, broker and Stripe run, people and teams are there; the product itself is not started."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=VAR))
        database = stack.enter_context(services.postgres_server(**ON_DISK))
        assert database.child is not None
        redis = stack.enter_context(services.valkey())
        port, sandbox_port = services.free_port(), services.free_port()
        sandbox = f"http://127.0.0.1:{sandbox_port}"
        command = [PYTHON, "-m", "stripe_sandbox", "--port", str(sandbox_port)]
        stripe = Child("sandbox", command, env=_bare(), show=_into(folder / "sandbox.log"))
        stack.callback(stop, [stripe])
        if not wait_until(lambda: services.listens(sandbox_port), child=stripe, seconds=30):
            raise SystemExit("The sandbox did not start:\n" + "\n".join(stripe.last_lines))
        env = _environment(folder, database.url, redis, sandbox, port)
        groups = {"sandbox": stripe.process.pid, "database": database.child.process.pid}
        site = Site(env, folder, f"http://127.0.0.1:{port}", sandbox, groups)
        print(f"Preparing {teams} small teams and one of 500 in {folder.relative_to(ROOT)}", flush=True)
        _prepare(site, teams)
        yield site
    shutil.rmtree(folder / "mail", ignore_errors=True)


def _prepare(site: Site, teams: int) -> None:
    subprocess.run(
        [PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=ROOT,
        env=site.env,
        check=True,
    )
    (site.folder / "mail").mkdir()
    world = site.folder / "world.json"
    _run(site, "load.world", str(teams), f"{site.url}/stripe/webhook/", str(world))
    site.env["DJSTRIPE_WEBHOOK_SECRET"] = json.loads(world.read_text())["secret"]


def _run(site: Site, module: str, *arguments: str) -> None:
    """A part that works inside the product; what it logs is kept, its last words are told when it fails."""
    command = [PYTHON, "-m", module, *arguments]
    log = site.folder / f"{module.rpartition('.')[2]}.log"
    with log.open("w") as into:
        done = subprocess.run(command, cwd=ROOT, env=site.env, stdout=into, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(f"{module} failed ({log}):\n" + "\n".join(log.read_text().splitlines()[-20:]))


def _environment(folder: Path, database: str, redis: str, sandbox: str, port: int) -> dict[str, str]:
    """Of production, behind a proxy that speaks https. Mail becomes files."""
    return {
        **_bare(),
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_DOMAIN": f"127.0.0.1:{port}",
        "USE_HTTPS_IN_ABSOLUTE_URLS": "True",
        "TRUSTED_PROXY_COUNT": "1",
        "SECURE_SSL_REDIRECT": "False",  # the sandbox posts its events without a proxy
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "STRIPE_TEST_SECRET_KEY": KEY,
        "STRIPE_TEST_PUBLIC_KEY": "pk_test_" + "0" * 24,
        "STRIPE_API_HOST": sandbox,
        "SUBSCRIPTION_HOLDER_MODEL": "teams.Team",
    }


def _bare() -> dict[str, str]:
    """Nothing of the shell's own set-up but where programs are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}


def _into(file: Path) -> Any:
    def keep(name: str, line: str) -> None:
        with file.open("a") as log:
            log.write(f"{line}\n")

    return keep


if __name__ == "__main__":
    sys.exit(main())
