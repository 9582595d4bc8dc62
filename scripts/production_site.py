"""The product as on a server, to be measured: database, broker, sandbox, teams with people and a plan.

All of it is started here and gone afterwards. DATABASE_URL and REDIS_URL are not touched.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import services
from processes import Child, stop, wait_until

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "load"
PYTHON = sys.executable
KEY = "sk_test_" + "0" * 24
# As on a server: what was committed is on the disk.
ON_DISK = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# As docs/deployment.md says.
GUNICORN = ["gunicorn", "--config", "config/gunicorn.py"]
# What it is compared with.
BESIDE = ["gunicorn", "--config", "bench/gunicorn.py"]


@dataclass(frozen=True)
class Site:
    """A running product. `env`: what its processes see."""

    env: dict[str, str]
    folder: Path
    url: str
    sandbox: str
    groups: dict[str, int]  # the process groups of database and sandbox


@contextmanager
def running_site(teams: int, *, on_sqlite: bool = False) -> Iterator[Site]:
    """Database, broker and Stripe run, people and teams are there; the product itself is not started."""
    with ExitStack() as stack:
        VAR.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=VAR))
        groups: dict[str, int] = {}
        url = f"sqlite:///{folder / 'db.sqlite3'}" if on_sqlite else _postgres(stack, groups)
        redis = stack.enter_context(services.valkey())
        port, sandbox_port = services.free_port(), services.free_port()
        sandbox = f"http://127.0.0.1:{sandbox_port}"
        command = [PYTHON, "-m", "stripe_sandbox", "--port", str(sandbox_port)]
        stripe = Child("sandbox", command, env=bare_environment(), show=into(folder / "sandbox.log"))
        stack.callback(stop, [stripe])
        if not wait_until(lambda: services.listens(sandbox_port), child=stripe, seconds=30):
            raise SystemExit("The sandbox did not start:\n" + "\n".join(stripe.last_lines))
        groups["sandbox"] = stripe.process.pid
        env = _environment(folder, url, redis, sandbox, port)
        site = Site(env, folder, f"http://127.0.0.1:{port}", sandbox, groups)
        print(f"Preparing {teams} small teams and one of 500 in {folder.relative_to(ROOT)}", flush=True)
        _prepare(site, teams)
        yield site
    shutil.rmtree(folder / "mail", ignore_errors=True)


def _postgres(stack: ExitStack, groups: dict[str, int]) -> str:
    database = stack.enter_context(services.postgres_server(**ON_DISK))
    assert database.child is not None
    groups["database"] = database.child.process.pid
    return database.url


def _prepare(site: Site, teams: int) -> None:
    subprocess.run(
        [PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=ROOT,
        env=site.env,
        check=True,
    )
    (site.folder / "mail").mkdir()
    world = site.folder / "world.json"
    run_inside(site, "load.world", str(teams), f"{site.url}/stripe/webhook/", str(world))
    site.env["DJSTRIPE_WEBHOOK_SECRET"] = json.loads(world.read_text())["secret"]


def run_inside(site: Site, module: str, *arguments: str) -> None:
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
        **bare_environment(),
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


def bare_environment() -> dict[str, str]:
    """Nothing of the shell's own set-up but where programs are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}


def into(file: Path) -> Any:
    def keep(name: str, line: str) -> None:
        with file.open("a") as log:
            log.write(f"{line}\n")

    return keep
