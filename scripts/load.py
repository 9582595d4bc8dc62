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
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import services
from load_report import tell
from load_watch import Watch
from processes import Child, stop, wait_until
from production_site import GUNICORN, KEY, PYTHON, ROOT, VAR, Site, into, run_inside, running_site

# As docs/deployment.md says.
WEB = [*GUNICORN, "config.wsgi", "--bind"]
WORKER = ["celery", "-A", "config", "worker", "--concurrency", "2", "--loglevel", "warning"]
BEAT = ["celery", "-A", "config", "beat", "--loglevel", "warning", "--pidfile="]
# Who arrive: a password costs a fifth of a second of a core, so a crowd at the door is a load of its own.
PER_SECOND = 1
LEAVE_SECONDS = 45  # at the end everybody finishes what they are at


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
    with running_site(users) as site:
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
            Child(name, [PYTHON, "-m", *command], env=site.env, show=into(site.folder / f"{name}.log"))
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
    run_inside(site, "load.verdict", str(heard), str(file))
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
    with running_site(teams=2) as site:
        command = [PYTHON, "-m", "load.leak", str(site.folder / "world.json"), str(requests)]
        with (site.folder / "leak.log").open("w") as log:
            return subprocess.run(command, cwd=ROOT, env=site.env, stderr=log).returncode


if __name__ == "__main__":
    sys.exit(main())
