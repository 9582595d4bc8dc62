"""Measure the product on SQLite and PostgreSQL, then pages and events over HTTP. About 25 minutes.

.venv/bin/python scripts/bench.py                   all of it
.venv/bin/python scripts/bench.py gates sandbox     only these
DATABASE_URL=... .venv/bin/python scripts/bench.py  only on this database

A subject of the product is a module of bench/; gates, pages, webhooks are there. What was measured is kept in
bench/results/, and docs/benchmarks.md is made of that.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import benchmarks
import services

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import SUBJECTS  # noqa: E402

SANDBOX, HTTP, STARTUP, SUITE = "sandbox", "http", "startup", "suite"
EVENTS = ["answers", "burst"]
ALONE = [HTTP, STARTUP, *EVENTS, SANDBOX, SUITE]  # programs of their own
SQLITE = "sqlite:///var/bench.sqlite3"
FEW = "100"  # customers; `python -m stripe_sandbox.bench` alone takes 1,000


def main() -> int:
    names = sys.argv[1:] or [*SUBJECTS, *ALONE]
    if unknown := set(names) - {*SUBJECTS, *ALONE}:
        sys.exit(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join([*SUBJECTS, *ALONE])}.")
    product = [name for name in names if name not in ALONE]
    codes = []
    if product:
        codes += [_product(name, url) for url in _databases() for name in product]
    if SANDBOX in names:
        codes.append(_run("The sandbox", ["stripe_sandbox.bench", "--customers", FEW]))
    if HTTP in names:
        print("\n=== Pages over HTTP, on PostgreSQL and Redis ===", flush=True)
        codes.append(subprocess.run([sys.executable, "scripts/bench_http.py"], cwd=ROOT).returncode)
    if STARTUP in names:
        print("\n=== A start, and the memory of a worker ===", flush=True)
        codes.append(subprocess.run([sys.executable, "scripts/bench_startup.py"], cwd=ROOT).returncode)
    if events := [name for name in EVENTS if name in names]:
        print("\n=== Stripe's events over HTTP ===", flush=True)
        codes.append(
            subprocess.run([sys.executable, "scripts/bench_events.py", *events], cwd=ROOT).returncode
        )
    if SUITE in names:
        codes.append(_run("The last run of the tests", ["bench.suite"]))
    codes.append(benchmarks.main())
    return max(codes)


def _databases() -> Iterator[str]:
    """Those to measure on; a PostgreSQL of ours runs while its turn lasts."""
    if named := os.environ.get("DATABASE_URL"):
        yield named
        return
    yield SQLITE
    with services.postgres() as url:
        yield url


def _product(name: str, url: str) -> int:
    title = f"{name} on {'SQLite' if url.startswith('sqlite') else 'PostgreSQL'}"
    return _run(title, ["bench", name], DATABASE_URL=url, REDIS_URL="", ENV_FILE=os.devnull)


def _run(title: str, arguments: list[str], **env: str) -> int:
    print(f"\n=== {title} ===", flush=True)
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
