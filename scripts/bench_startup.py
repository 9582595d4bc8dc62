"""How soon the product starts and what a process weighs, beside Django, allauth and dj-stripe alone.

.venv/bin/python scripts/bench_startup.py    about three minutes; writes bench/results/startup.json

Both take turns with the packages of .venv, or with those of STARTUP_PYTHON (a .venv of requirements/prod.txt:
tools that are installed weigh something, too).
"""

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import psycopg
import services
from processes import Child, stop, wait_until
from production_site import GUNICORN, PYTHON, ROOT, Site, into, run_inside, running_site

sys.path.insert(0, str(ROOT))

from bench.http.asking import ask
from bench.results import Figure, rounded, write
from bench.results import beside as compared_with

SERVES = os.environ.get("STARTUP_PYTHON", PYTHON)
TURNS, REQUESTS = 7, 200
MINIMAL = {"DJANGO_SETTINGS_MODULE": "bench.startup.settings"}
BESIDE = "Django, allauth, dj-stripe"
ANYBODY = ["/", "/pricing/", "/accounts/login/", "/accounts/signup/", "/health/ready/"]
SIGNED_IN = [
    "/a/{slug}/",
    "/a/{slug}/team/",
    "/a/{slug}/subscription/",
    "/teams/",
    "/users/profile/",
]
OF_MINIMAL = ["/accounts/login/", "/accounts/signup/", "/admin/login/", "/counted/"]
VISITOR = {
    "Host": "127.0.0.1",
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Proto": "https",
    "Accept": "text/html",
    "Accept-Language": "en",
}


def main() -> int:
    figures: list[Figure] = []
    with running_site(teams=2) as site, ExitStack() as stack:
        minimal = {**site.env, **MINIMAL, "STARTUP_DATABASE_URL": site.env["DATABASE_URL"]}
        figures.append(_row("manage.py check, CPU", "s", *_checks(site.env, minimal), most=1.3))
        ours, theirs = _weighed(site.env), _weighed(minimal)
        figures.append(_row("import to ready, CPU", "s", ours["seconds"], theirs["seconds"]))
        figures.append(_row("modules read", "", ours["modules"], theirs["modules"]))
        figures += _memory(stack, site, minimal)
    figures.append(_row("second start of the demo", "s", _second_start(), None, target=8))
    write("startup", figures)
    return 0


def _row(
    name: str,
    unit: str,
    value: float,
    beside: float | None,
    *,
    target: float | None = None,
    most: float | None = None,
) -> Figure:
    """`target`: the value at most; `most`: the multiple of what is beside."""
    ratio = round(value / beside, 2) if beside else None
    compared = f"{beside:8.2f} {unit} {BESIDE}: {ratio} x" if beside else ""
    wanted = f"(at most {most} x)" if most else f"(at most {target} {unit})" if target else ""
    print(f"  {name:<32}{value:8.2f} {unit:<4}{compared} {wanted}", flush=True)
    words = f"at most {most} x" if most else f"at most {target} {unit}" if target else ""
    if beside is None:
        return Figure(name, rounded(value), unit, target=words)
    return compared_with(name, value, unit, BESIDE, beside, words)


def _checks(ours: dict[str, str], minimal: dict[str, str]) -> tuple[float, float]:
    """Medians; the first turn compiles what is new and does not count."""
    taken: list[list[float]] = [[], []]
    for _ in range(TURNS + 1):
        taken[0].append(_cpu([SERVES, "manage.py", "check"], ours))
        taken[1].append(_cpu([SERVES, "-m", "django", "check"], minimal))
    first, second = (statistics.median(each[1:]) for each in taken)
    return first, second


def _cpu(command: list[str], env: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _weighed(env: dict[str, str]) -> dict[str, float]:
    command = [SERVES, "-m", "bench.startup.weigh"]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _memory(stack: ExitStack, site: Site, minimal: dict[str, str]) -> list[Figure]:
    """Of a worker of two: all that it sees, its share of that, and what is its alone."""
    team = json.loads((site.folder / "world.json").read_text())["small"][0]
    run_inside(site, "bench.http.signed_in", team["owner"], str(site.folder / "cookie"))
    cookie = {"Cookie": (site.folder / "cookie").read_text()}
    pages = [(path, {}) for path in ANYBODY] + [
        (path.format(slug=team["slug"]), cookie) for path in SIGNED_IN
    ]
    ours = _served(stack, site, "config.wsgi", site.env, pages)
    config = {**minimal, "STARTUP_DATABASE_URL": _database_of_its_own(site.env["DATABASE_URL"])}
    for app in ("auth", "sessions", "account", "socialaccount"):
        migrate = [SERVES, "-m", "django", "migrate", "--verbosity", "0", app]
        subprocess.run(migrate, cwd=ROOT, env=config, check=True)
    theirs = _served(
        stack, site, "django.core.wsgi:get_wsgi_application()", config, [(p, {}) for p in OF_MINIMAL]
    )
    names = {"Rss": "RSS of a worker", "Pss": "PSS of a worker", "Private": "a worker's alone"}
    targets = {"Rss": 90.0}
    return [
        _row(f"{name}, {REQUESTS} requests", "MiB", ours[key], theirs[key], target=targets.get(key))
        for key, name in names.items()
    ]


def _database_of_its_own(url: str) -> str:
    server, _, options = url.partition("?")
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True) as database:
        database.execute("CREATE DATABASE minimal")
    return f"{server.rpartition('/')[0]}/minimal" + (f"?{options}" if options else "")


def _served(
    stack: ExitStack,
    site: Site,
    application: str,
    env: dict[str, str],
    pages: list[tuple[str, dict[str, str]]],
) -> dict[str, float]:
    """The product as deployed, the other as gunicorn serves it by itself: each worker reads all."""
    port = services.free_port()
    server = GUNICORN if application == "config.wsgi" else ["gunicorn", "--threads", "4"]
    command = [SERVES, "-m", *server, "--workers", "2", "--bind", f"127.0.0.1:{port}", application]
    child = Child("web", command, env=env, show=into(site.folder / "startup.log"))
    stack.callback(stop, [child])
    if not wait_until(lambda: services.listens(port), child=child, seconds=60):
        raise SystemExit("gunicorn did not start:\n" + "\n".join(child.last_lines))
    for number in range(REQUESTS * 2):  # for two workers
        path, more = pages[number % len(pages)]
        if ask(port, path, {**VISITOR, **more, "Connection": "close"}, during=0.001, connections=1).errors:
            raise SystemExit(f"{path} does not answer with its page")
    return _weight(child.process.pid)


def _weight(master: int) -> dict[str, float]:
    """MiB of the larger worker."""
    found = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True).stdout.split()
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in found]
    sizes = [
        {name: int(size) / 1024 for name, size in re.findall(r"(\w+):\s+(\d+) kB", text)} for text in texts
    ]
    for size in sizes:
        size["Private"] = size["Private_Clean"] + size["Private_Dirty"]
    return max(sizes, key=lambda size: size["Pss"])


def _second_start() -> float:
    """Seconds from the command to the landing page, when all was prepared by a first one."""
    port, sandbox = services.free_port(), services.free_port()
    folder = ROOT / "var" / "startup"
    env = {
        **os.environ,
        "PORT": str(port),
        "STRIPE_SANDBOX_PORT": str(sandbox),
        "DEMO_FOLDER": "var/startup",
        "DATABASE_URL": "sqlite:///var/startup/demo.sqlite3",
        "STRIPE_SANDBOX_STATE": "var/startup/sandbox.sqlite3",
        "ENV_FILE": str(folder / "env"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    return [_start_demo(env, port) for _turn in range(2)][-1]


def _start_demo(env: dict[str, str], port: int) -> float:
    began = time.monotonic()
    child = Child("demo", [PYTHON, "scripts/demo.py"], env=env, show=lambda name, line: None)
    try:
        if not wait_until(lambda: _answers(port), child=child, seconds=180):
            raise SystemExit("The demo did not start:\n" + "\n".join(child.last_lines))
        return time.monotonic() - began
    finally:
        stop([child])


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
