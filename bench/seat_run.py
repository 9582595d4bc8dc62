"""The hourly run on many teams, by real workers: what it finds, asks, needs, and what a killed worker leaves.

Workers are Celery processes of their own on Valkey; Stripe is the sandbox in this process, reached by HTTP.
Rows have to be committed: no transaction is open around it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celery import Celery
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from apps.subscriptions import call_rate
from apps.subscriptions.models import SeatSync
from apps.subscriptions.services import upkeep
from bench.seat_crowd import Crowd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from processes import Child, stop, wait_until
from services import valkey

WORKERS = 2
COMMAND = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool=solo", "-l", "info"]
STARTED = "ready."
QUIET_SECONDS = 4.0  # without a call for so long: all that was handed out is done


@dataclass
class Workers:
    """Celery processes, and the beat's part: to ask for the hourly run."""

    children: list[Child]
    app: Celery

    def begin_the_hour(self) -> None:
        self.app.send_task("apps.subscriptions.tasks.sync_subscriptions")

    def kill_one(self) -> None:
        """As the machine does when memory runs out: nothing is put back, nothing is said."""
        self.children[0].process.send_signal(signal.SIGKILL)
        self.children[0].process.wait()

    def memory(self) -> int:
        """KiB of all of them that live."""
        alive = [child for child in self.children if child.exit_code is None]
        return sum(_resident(child.process.pid) for child in alive)


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@contextmanager
def workers(stripe_url: str, *, calls_per_second: int) -> Iterator[Workers]:
    with ExitStack() as stack:
        redis = stack.enter_context(valkey())
        env = _environment(redis, stripe_url, calls_per_second)
        names = [f"worker{number}" for number in range(WORKERS)]
        children = [Child(name, [*COMMAND, "-n", f"{name}@%h"], env=env, show=_quiet) for name in names]
        stack.callback(stop, children)
        for child in children:
            _await(child)
        app = Celery(broker=redis, set_as_current=False)
        stack.callback(app.close)
        stack.enter_context(_same_cache(redis, calls_per_second))
        yield Workers(children, app)


def _await(worker: Child) -> None:
    def ready() -> bool:
        return any(line.endswith(STARTED) for line in list(worker.last_lines))

    if not wait_until(ready, child=worker, seconds=90):
        raise SystemExit("A worker did not start:\n" + "\n".join(worker.last_lines))


def _environment(redis: str, stripe_url: str, calls_per_second: int) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "only-for-a-bench",
        "DATABASE_URL": _database_url(),
        "REDIS_URL": redis,
        "STRIPE_API_HOST": stripe_url,
        "STRIPE_TEST_SECRET_KEY": settings.STRIPE_TEST_SECRET_KEY,
        "STRIPE_CALLS_PER_SECOND": str(calls_per_second),
    }


def _database_url() -> str:
    """Of the database we are connected to, which is not the one of DATABASE_URL."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**found)


def _same_cache(redis: str, calls_per_second: int) -> Any:
    backend = {"BACKEND": "apps.core.cache.RedisOrMemoryCache", "LOCATION": redis}
    return override_settings(CACHES={"default": backend}, STRIPE_CALLS_PER_SECOND=calls_per_second)


def _quiet(name: str, line: str) -> None:
    """Their last lines are kept, should they not start."""


@dataclass(frozen=True)
class Outcome:
    calls: Counter[str]
    seconds: float  # from the first call to the last
    memory_before: int  # KiB, when a tenth was done
    memory_after: int

    @property
    def rate(self) -> float:
        return (sum(self.calls.values()) - 1) / self.seconds if self.seconds else 0.0


def watch(
    crowd: Crowd, run: Workers, *, since: int, wanted: int | None = None, kill_at: int | None = None
) -> Outcome:
    """Until all (or as many as are wanted) are told, or nothing has happened for some seconds.

    `kill_at`: calls after which one worker dies.
    """
    wanted = wanted or crowd.changed
    first = last = None
    seen, memory, idle_since = 0, 0, time.monotonic()
    while seen < wanted or kill_at is not None:
        now = time.monotonic()
        found = crowd.world.requests.count - since
        if found != seen:
            first, last, seen, idle_since = first or now, now, found, now
        if not memory and seen >= wanted // 10:
            memory = run.memory()
        if kill_at is not None and seen >= kill_at:
            run.kill_one()
            kill_at = None
        if now - idle_since > (QUIET_SECONDS if seen else 60):
            break
        time.sleep(0.05)
    time.sleep(1)  # the last answer is written down, and a call too many would show
    calls = crowd.asked(since)
    return Outcome(calls, (last or 0.0) - (first or 0.0), memory, run.memory())


def wait_until_quiet(crowd: Crowd) -> None:
    """No call for some seconds."""
    seen = -1
    while seen != crowd.world.requests.count:
        seen = crowd.world.requests.count
        time.sleep(QUIET_SECONDS)


def forget_claims() -> int:
    """The minutes pass after which a dead worker's claims are anybody's; returns how many it left."""
    return SeatSync.objects.filter(told_at=None).update(claimed_until=timezone.now())


def selection() -> tuple[float, str]:
    """Milliseconds to find all that wait, and the plan of the statement."""
    waiting = upkeep.CHORES["holder"].waiting().values_list("pk", flat=True)
    waiting.explain()
    began = time.perf_counter()
    for _id in waiting.iterator():
        pass
    return (time.perf_counter() - began) * 1000, waiting.explain()


def rate_of(call: Callable[[], object], seconds: float = 3.0) -> float:
    """How often a second it can be done, one after the other."""
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        call()
        done += 1
    return done / (time.monotonic() - began)


def bare_turns() -> float:
    """The limiter alone, over whole seconds."""
    cache.clear()
    time.sleep(1 - time.time() % 1)
    return rate_of(call_rate.wait_for_turn)
