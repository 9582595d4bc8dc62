"""Run the test suites, each on the database it is meant for, and count; then check the contract with Stripe.

.venv/bin/python scripts/test.py                 all of them
.venv/bin/python scripts/test.py sqlite browser  only these
.venv/bin/python scripts/test.py fast            no service, no browser
.venv/bin/python scripts/test.py renamed         the fast ones in a clone under another name
.venv/bin/python scripts/test.py chaos           stories made up by chance: other ones each time
REQUESTS=500 .venv/bin/python scripts/test.py fuzz   requests made up by chance, SEED= other ones
"""

import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

import chromium
import contract
from services import both

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "var" / "reports"
SQLITE = {"DATABASE_URL": "sqlite:///var/test.sqlite3"}
ALONE = {**SQLITE, "REDIS_URL": ""}
BILLING = ["apps/subscriptions", "apps/teams", "apps/users", "tests"]
USER_HOLDER = {"SUBSCRIPTION_HOLDER_MODEL": "users.CustomUser"}
# Knows nothing of who pays.
SAME_FOR_BOTH = [
    "apps/core",
    "apps/users",
    "tests/accounts",
    "tests/docs",
    "tests/test_docs.py",
    "tests/renaming",
]
PARALLEL = ["-n", "2"]


@dataclass(frozen=True)
class Run:
    name: str
    arguments: list[str]
    env: dict[str, str] = field(default_factory=dict)
    in_browser: bool = False
    seconds: int = 1500


# PostgreSQL and Redis unless a run names its own.
RUNS = [
    Run("postgres", PARALLEL),
    Run("sqlite", [*BILLING, *PARALLEL], ALONE),
    Run(
        "user-holder",
        ["apps", "tests", *(f"--ignore={path}" for path in SAME_FOR_BOTH), *PARALLEL],
        USER_HOLDER,
    ),
    # demo-only: begin
    Run("workspaces", ["docs/examples/workspaces", "--ds", "docs.examples.workspaces.settings"], USER_HOLDER),
    Run("stripped", ["scripts/stripped"], ALONE),
    # demo-only: end
    # Each takes minutes: handed out one at a time, to whoever is free.
    Run("slow", ["-m", "slow", *PARALLEL, "--maxschedchunk=1"]),
    # A file by one worker: its clones are made once.
    Run("rename", ["tests/renaming", "-m", "rename", *PARALLEL, "--dist", "loadfile"], ALONE),
    Run("fuzz", ["tests/fuzz", "-m", "fuzz", *PARALLEL], seconds=7200),
    Run("fuzz-sqlite", ["tests/fuzz", "-m", "fuzz", *PARALLEL], {**ALONE, **USER_HOLDER, "REQUESTS": "500"}),
    Run("browser", ["-m", "browser"], in_browser=True),
    Run("browser-sqlite", ["tests/browser/test_newcomer.py", "-m", "browser"], SQLITE, in_browser=True),
]
# Only by name.
OTHERS = [
    Run("fast", PARALLEL, ALONE),
    Run("first-migrate", ["tests/first_migrate", "-m", "slow", *PARALLEL, "--maxschedchunk=1"]),
    Run("stripped-whole", ["scripts/stripped"], {**ALONE, "STRIPPED": "whole"}, seconds=3600),  # demo-only
    Run(
        "renamed",
        ["tests/renaming/test_suite.py", "-m", "rename"],
        {**ALONE, "RENAMED_SUITE": "all"},
        seconds=7200,
    ),
    Run("chaos", ["-m", "chaos", *PARALLEL, "--maxschedchunk=1"], seconds=7200),
]


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    ok: bool

    def __str__(self) -> str:
        skipped = f", skipped {self.skipped}" if self.skipped else ""
        return f"{self.name}: passed {self.passed}, failed {self.failed}{skipped}, {self.seconds:.0f} seconds"


def main() -> int:
    signal.signal(signal.SIGTERM, _interrupt)  # the services are stopped then, too
    runs = _chosen(sys.argv[1:])
    outcomes = carry_out(runs)
    if runs == RUNS:
        outcomes.append(_contract())
    return _conclude(outcomes)


def carry_out(runs: list[Run]) -> list[Outcome]:
    """What the sandbox is asked and answers meanwhile is recorded."""
    contract.forget()
    if all("REDIS_URL" in run.env for run in runs):
        return [_carry_out(run, {}) for run in runs]
    with both() as addresses:
        return [_carry_out(run, _addresses(run, addresses)) for run in runs]


def _contract() -> Outcome:
    print("\n=== contract ===", flush=True)
    report, began = _fresh_report("contract"), time.monotonic()
    code = contract.check(f"--junitxml={report}")
    return _outcome("contract", report, code, time.monotonic() - began)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _chosen(names: list[str]) -> list[Run]:
    known = {run.name: run for run in RUNS + OTHERS}
    if unknown := set(names) - set(known):
        sys.exit(f"Unknown run: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    return [known[name] for name in names] or RUNS


def _addresses(run: Run, services: dict[str, str]) -> dict[str, str]:
    """Each run has a Redis database of its own: a task that one leaves behind is none of the next one's."""
    redis = re.sub(r"(?<=[^/])/\d*$", "", services["REDIS_URL"]) + f"/{(RUNS + OTHERS).index(run)}"
    browser = {"CHROMIUM": chromium.find_or_install()} if run.in_browser else {}
    return {**services, "REDIS_URL": redis, **browser}


def _carry_out(run: Run, addresses: dict[str, str]) -> Outcome:
    print(f"\n=== {run.name} ===", flush=True)
    report = _fresh_report(run.name)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *run.arguments]
    began = time.monotonic()
    env = {**os.environ, "ENV_FILE": os.devnull, **contract.RECORDING, **addresses, **run.env}
    return _outcome(run.name, report, _pytest(command, env, run.seconds), time.monotonic() - began)


def _fresh_report(name: str) -> Path:
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    return report


def _pytest(command: list[str], env: dict[str, str], seconds: int) -> int:
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        print(f"Not finished after {seconds} seconds: ended", flush=True)
        return 1
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _outcome(name: str, report: Path, code: int, seconds: float) -> Outcome:
    """A run that leaves no report, or that found no test, has failed, whatever its exit code says."""
    if not report.exists():
        return Outcome(name, 0, 1, 0, seconds, ok=False)
    suites = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 - written by our own pytest
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in suites:
        for key in counts:
            counts[key] += int(suite.get(key, 0))
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    return Outcome(name, passed, failed, counts["skipped"], seconds, ok=code == 0 and passed > 0)


def _conclude(outcomes: list[Outcome]) -> int:
    print("\n=== Results ===")
    for outcome in outcomes:
        print(outcome if outcome.ok or outcome.failed else f"{outcome}  (did not run to its end)")
    print(f"{sum(o.passed for o in outcomes)} passed, {sum(o.failed for o in outcomes)} failed", flush=True)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
