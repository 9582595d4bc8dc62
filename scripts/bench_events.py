"""Stripe's events over HTTP, answered and worked, beside dj-stripe and a bare view in the same run.

.venv/bin/python scripts/bench_events.py            both; about six minutes; writes bench/results/
.venv/bin/python scripts/bench_events.py answers    answers a second, on SQLite and PostgreSQL
.venv/bin/python scripts/bench_events.py burst      1,000 events at once, on PostgreSQL

gunicorn, workers and settings are those of production. They take turns.
"""

import json
import os
import shlex
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import services
from processes import Child, stop, wait_until
from production_site import BESIDE, GUNICORN, PYTHON, ROOT, Site, run_inside, running_site

sys.path.insert(0, str(ROOT))

from bench.events import ENDPOINT_ID, sending
from bench.http.asking import Asked
from bench.results import Figure, beside, write

ROUNDS, SECONDS = 5, 2.0
SENDERS = (1, 4)
VIEWS = {"product": "/stripe/webhook/", "bare": "/bare/", "dj-stripe": f"/djstripe/webhook/{ENDPOINT_ID}/"}
EVENTS, SUBSCRIPTIONS, WORKERS = 1000, 100, 2
LATENCIES = (0, 50)  # milliseconds that Stripe takes longer than the sandbox
WORKER = [PYTHON, "-m", "celery", "-A", "config", "worker", "--concurrency", str(WORKERS), "-l", "info"]
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    child: Child
    port: int

    def busy(self) -> float:
        """Seconds of CPU its workers have used."""
        found = subprocess.run(["pgrep", "-P", str(self.child.process.pid)], capture_output=True, text=True)
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2] for pid in found.stdout.split()]
        return sum(int(stat.split()[11]) + int(stat.split()[12]) for stat in stats) / TICKS


def main() -> int:
    names = sys.argv[1:] or ["answers", "burst"]
    if "answers" in names:
        write("answers", [figure for on_sqlite in (True, False) for figure in _webhooks(on_sqlite)])
    if "burst" in names:
        write("burst", list(_burst()))
    return 0


# Answers a second --------------------------------------------------------------------------------------


def _webhooks(on_sqlite: bool) -> list[Figure]:
    database = "SQLite" if on_sqlite else "PostgreSQL"
    with running_site(teams=2, on_sqlite=on_sqlite) as site, ExitStack() as stack:
        events, plain_env = _news(site, "answers"), _plain(site)
        run = _serve(stack, site, "product", "config.wsgi", site.env)
        plain = _serve(stack, site, "plain", "bench.events.plain.wsgi", plain_env)
        servers = {"product": run, "bare": plain, "dj-stripe": plain}
        print(f"\nWebhooks on {database}: answers a second", flush=True)
        found = []
        for senders in SENDERS:
            found += _compare(database, servers, events, site.env["DJSTRIPE_WEBHOOK_SECRET"], senders)
        return found


def _compare(
    database: str, servers: dict[str, Server], events: list[Any], secret: str, senders: int
) -> list[Figure]:
    taken: dict[str, list[tuple[Asked, float]]] = {name: [] for name in servers}
    for turn in range(-1, ROUNDS):  # the first only warms up
        for name, server in servers.items():
            strange = name != "dj-stripe"  # it asks Stripe about the customer; a known one costs it nothing
            wanted = sending.requests(VIEWS[name], events, secret, of_strangers=strange)
            before = server.busy()
            sent = sending.send(server.port, wanted, during=SECONDS, senders=senders)
            if turn >= 0:
                taken[name].append((sent, server.busy() - before))
    rates = {name: _middle(name, rounds) for name, rounds in taken.items()}
    where = f"{database}, {senders} sender{'s' if senders > 1 else ''}"
    errors = sum(sent.errors for sent, _busy in taken["product"])
    return [
        beside(where, rates["product"], "answers/s", "verify and insert", rates["bare"], "at least 0.5 x"),
        beside(where, rates["product"], "answers/s", "dj-stripe's view", rates["dj-stripe"], "at least 5 x"),
        Figure(f"{where}: errors", errors, "answers", target="0"),
    ]


def _middle(name: str, rounds: list[tuple[Asked, float]]) -> float:
    rate = statistics.median(sent.per_second for sent, _busy in rounds)
    cpu = statistics.median(busy / max(1, len(sent.seconds)) * 1000 for sent, busy in rounds)
    p99 = statistics.median(sent.at(0.99) for sent, _busy in rounds)
    errors = sum(sent.errors for sent, _busy in rounds)
    print(f"  {name:<12}{rate:8.0f}/s   p99 {p99:6.1f} ms   cpu {cpu:6.2f} ms   {errors} errors", flush=True)
    return rate


# A burst -----------------------------------------------------------------------------------------------


def _burst() -> Iterator[Figure]:
    with running_site(teams=SUBSCRIPTIONS - 1) as site, ExitStack() as stack:
        _news(site, "first")
        plain_env = _plain(site)
        _start_workers(stack, site)
        for latency in LATENCIES:
            turns = [_turn(site, plain_env, latency, number) for number in range(1 if latency else 2)]
            yield _told(latency, *zip(*turns, strict=True))


def _turn(site: Site, plain_env: dict[str, str], latency: int, number: int) -> tuple[Any, Any]:
    """Ours, theirs."""
    events = _news(site, f"{latency}-{number}")
    _delay(site, latency)
    both = _ours(site, events), _theirs(site, plain_env, events)
    _delay(site, 0)
    return both


def _told(latency: int, ours: Sequence[Any], theirs: Sequence[Any]) -> Figure:
    mine, other = (EVENTS / statistics.median(each["seconds"] for each in found) for found in (ours, theirs))
    errors = [sum(each["errors"] for each in found) for found in (ours, theirs)]
    print(f"  Stripe +{latency} ms: {mine:.0f} events/s, dj-stripe {other:.0f}, errors {errors}", flush=True)
    target = "at least 5 x" if latency else "at least 2 x"
    return beside(f"Stripe at {latency} ms", mine, "events/s", "dj-stripe's Event.process", other, target)


def _ours(site: Site, templates: list[Any]) -> Any:
    file, result = site.folder / "events.json", site.folder / "burst.json"
    file.write_text(json.dumps(sending.events(templates, EVENTS)))
    run_inside(site, "bench.events.burst", str(file), str(result))
    return json.loads(result.read_text())


def _theirs(site: Site, env: dict[str, str], templates: list[Any]) -> Any:
    """As many processes; all events of a subscription go to one of them, so that none waits for another."""
    running = [_worker_of_djstripe(site, env, templates, number) for number in range(WORKERS)]
    for worker in running:
        if worker.stdout is None or worker.stdout.readline() != "ready\n":
            raise SystemExit(f"dj-stripe's worker did not start: see {site.folder}/work-*.log")
    began = time.time()
    done = [json.loads(said) for said in _told_to_go(running)]
    seconds = max(each["done"] for each in done) - began
    return {"seconds": seconds, "errors": sum(each["errors"] for each in done)}


def _told_to_go(running: list[Any]) -> list[str]:
    for worker in running:
        worker.stdin.write("\n")
        worker.stdin.flush()
    return [worker.communicate()[0] for worker in running]


def _worker_of_djstripe(site: Site, env: dict[str, str], templates: list[Any], number: int) -> Any:
    file = site.folder / f"events-{number}.json"
    share = sending.events(templates[number::WORKERS], EVENTS // WORKERS + 1)  # one to warm up
    file.write_text(json.dumps(share))
    command = [PYTHON, "-m", "bench.events.plain.work", str(file)]
    log, pipe = (site.folder / f"work-{number}.log").open("w"), subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, stderr=log, text=True)


def _start_workers(stack: ExitStack, site: Site) -> None:
    child, log = _child(stack, site, "worker", WORKER, site.env), _log(site, "worker")
    if not wait_until(lambda: log.exists() and "ready." in log.read_text(), child=child, seconds=60):
        raise SystemExit(f"The workers did not start: see {log}")


# The stage ---------------------------------------------------------------------------------------------


def _news(site: Site, turn: str) -> list[Any]:
    """An event for each subscription; nothing is posted by the sandbox itself."""
    _tell_sandbox(site, "delivery", {"mode": "hold"})
    file = site.folder / "templates.json"
    run_inside(site, "bench.events.templates", str(file), turn)
    return json.loads(file.read_text())


def _delay(site: Site, milliseconds: int) -> None:
    if not milliseconds:
        _tell_sandbox(site, "faults", None, method="DELETE")
    else:
        match = {"method": "*", "path": "/v1/*"}
        _tell_sandbox(site, "faults", {"match": match, "times": None, "delay": milliseconds / 1000})


def _tell_sandbox(site: Site, what: str, data: Any, method: str = "POST") -> None:
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(
        f"{site.sandbox}/_sandbox/{what}", body, {"Content-Type": "application/json"}, method=method
    )
    urllib.request.urlopen(request, timeout=30).close()


def _plain(site: Site) -> dict[str, str]:
    """Its environment, once its database knows what the events are about."""
    env = {
        **site.env,
        "DJANGO_SETTINGS_MODULE": "bench.events.plain.settings",
        "PLAIN_DATABASE_URL": _database_of_its_own(site),
    }
    file = str(site.folder / "templates.json")
    command = [PYTHON, "-m", "bench.events.plain.prepare", file]
    with (site.folder / "prepare.log").open("w") as log:
        subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=log, stderr=log)
    return env


def _database_of_its_own(site: Site) -> str:
    url = site.env["DATABASE_URL"]
    if url.startswith("sqlite"):
        return f"sqlite:///{site.folder / 'plain.sqlite3'}"
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True) as database:
        database.execute("CREATE DATABASE plain")
    return f"{url.rpartition('/')[0]}/plain"


def _serve(stack: ExitStack, site: Site, name: str, application: str, env: dict[str, str]) -> Server:
    port = services.free_port()
    server = GUNICORN if application == "config.wsgi" else BESIDE
    command = [PYTHON, "-m", *server, application, "--bind", f"127.0.0.1:{port}"]
    child = _child(stack, site, name, command, env)
    if not wait_until(lambda: services.listens(port), child=child, seconds=60):
        raise SystemExit(f"{name} did not start: see {_log(site, name)}")
    return Server(child, port)


def _child(stack: ExitStack, site: Site, name: str, command: list[str], env: dict[str, str]) -> Child:
    """What it says goes into a file without passing here: reading along would take the time of others."""
    shell = f"exec {shlex.join(command)} > {shlex.quote(str(_log(site, name)))} 2>&1"
    child = Child(name, ["/bin/sh", "-c", shell], env=env, show=lambda _name, _line: None)
    stack.callback(stop, [child])
    return child


def _log(site: Site, name: str) -> Path:
    return site.folder / f"{name}.log"


if __name__ == "__main__":
    sys.exit(main())
