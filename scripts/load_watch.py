"""Looks at a run every two seconds: its processes' memory, connections, queue; hears what Stripe sent."""

import json
import os
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

EVERY = 2.0  # seconds
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
QUEUES = ("celery", "events")
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
WARM = 45  # looks, of which a third has to be enough to be warm
MIB = 2**20


@dataclass
class Watch:
    """`groups`: name -> process group, each of a child started in a session of its own."""

    groups: dict[str, int]
    database: str
    broker: str
    sandbox: str
    memory: dict[str, list[float]] = field(default_factory=dict)  # "web 1234" -> MiB, one each time
    busy: dict[str, float] = field(default_factory=dict)  # "web 1234" -> seconds of CPU
    connections: list[int] = field(default_factory=list)
    queue: list[int] = field(default_factory=list)
    machine: list[float] = field(default_factory=list)  # load average
    sent: dict[str, list[int | None]] = field(default_factory=dict)
    last: int = 0
    began: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()
        self._hear()

    def _run(self) -> None:
        broker = redis.Redis.from_url(self.broker)
        with psycopg.connect(
            self.database.replace("postgres://", "postgresql://", 1), autocommit=True
        ) as database:
            while not self._over.wait(EVERY):
                self._look(database, broker)
                self._hear()

    def _look(self, database: psycopg.Connection, broker: redis.Redis) -> None:
        for name, pid in self._processes():
            self.memory.setdefault(f"{name} {pid}", []).append(_resident(pid))
            self.busy[f"{name} {pid}"] = _busy(pid)
        clients = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        row = database.execute(clients).fetchone()
        self.connections.append(row[0] - 1 if row else 0)  # without ours
        self.queue.append(sum(int(broker.llen(name)) for name in QUEUES))
        self.machine.append(os.getloadavg()[0])

    def _processes(self) -> list[tuple[str, int]]:
        """Those that live, with the child that they belong to: by group or by parent (PostgreSQL)."""
        names = {group: name for name, group in self.groups.items()}
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        found = [(names.get(_group(pid)) or names.get(_parent(pid)), pid) for pid in pids]
        return [(name, pid) for name, pid in found if name]

    def _hear(self) -> None:
        """Asked often: the sandbox remembers the last few thousand."""
        with urllib.request.urlopen(
            f"{self.sandbox}/_sandbox/deliveries?since={self.last}", timeout=60
        ) as answer:
            found = json.load(answer)
        for entry in found["deliveries"]:
            self.sent.setdefault(entry["event"], []).append(entry["status"])
        self.last = found["last"]

    def growth(self, prefix: str) -> dict[str, tuple[float, float]]:
        """Of each process whose name begins so: MiB after a third, when all is warm, and at the end.

        None of a run that is too short to say.
        """
        return {
            name: (seen[len(seen) // 3], seen[-1])
            for name, seen in self.memory.items()
            if name.startswith(prefix) and len(seen) > WARM
        }

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU that each child and its processes have used, start included."""
        return {
            name: sum(seconds for process, seconds in self.busy.items() if process.split()[0] == name)
            for name in self.groups
        }


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _parent(pid: int) -> int:
    return _stat(pid)[1]


def _busy(pid: int) -> float:
    return sum(_stat(pid)[11:13]) / TICKS


def _stat(pid: int) -> list[int]:
    """What stands in /proc/PID/stat after the name: 0 for the letter, parent, ...; of no process, zeros."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return [0] * 13
    return [0, *map(int, fields[1:13])]


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / MIB
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
