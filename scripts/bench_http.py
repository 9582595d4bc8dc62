"""Requests per second of the product's pages beside bare Django pages of the same size, in the same run.

.venv/bin/python scripts/bench_http.py             about three minutes; writes bench/results/http.json
.venv/bin/python scripts/bench_http.py landing     only this page; writes nothing

One gunicorn each, as deployed but with one worker: the rest of the machine asks. They take turns.
"""

import json
import os
import re
import statistics
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
import services
from processes import Child, stop, wait_until
from production_site import BESIDE, GUNICORN, PYTHON, ROOT, Site, into, run_inside, running_site

sys.path.insert(0, str(ROOT))

from bench.http.asking import Asked, ask
from bench.http.results import figures
from bench.results import Figure, write

ROUNDS, SECONDS = 5, 2.0
HEAD = (
    f"{'':<12}{'bytes':>8}{'1/s':>8}{'bare':>8}{'share':>8}{'p99 ms':>9}{'bare':>8}{'cpu ms':>8}{'bare':>7}"
)
TICKS = os.sysconf("SC_CLK_TCK")
VISITOR = {
    "Host": "127.0.0.1",
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Proto": "https",
    "User-Agent": "bench",
    "Accept": "text/html",
    "Accept-Language": "en",
}
# Page -> its path in a team, whether somebody is signed in, the share of a bare page's rate it has to reach.
PAGES = {
    "landing": ("/", False, 0.6),
    "pricing": ("/pricing/", False, 0.6),
    "dashboard": ("/a/{slug}/", True, 0.4),
    "members": ("/a/{slug}/team/", True, 0.4),
    "billing": ("/a/{slug}/subscription/", True, 0.4),
    "gated": ("/a/{slug}/subscription/subscription-gated-page/", True, 0.4),  # demo-only
}


@dataclass(frozen=True)
class Figures:
    """Of one page; medians of the rounds. Times in milliseconds, `cpu` is the worker's for one request."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    errors: int


@dataclass(frozen=True)
class Served:
    child: Child
    port: int
    cookie: str = ""

    @property
    def workers(self) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(self.child.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]

    def busy(self) -> float:
        """Seconds of CPU its workers have used."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.workers]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS

    def memory(self) -> float:
        """MiB of the largest worker."""
        sizes = [Path(f"/proc/{pid}/status").read_text() for pid in self.workers]
        return max(int(re.findall(r"VmRSS:\s+(\d+)", text)[0]) for text in sizes) / 1024

    def headers(self) -> dict[str, str]:
        return {**VISITOR, **({"Cookie": self.cookie} if self.cookie else {})}


def main() -> int:
    names = sys.argv[1:] or list(PAGES)
    if unknown := set(names) - set(PAGES):
        sys.exit(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(PAGES)}.")
    with running_site(teams=2) as site, ExitStack() as stack:
        told = _measure(site, stack, names)
    if not sys.argv[1:]:
        write("http", told)
    return 0


def _measure(site: Site, stack: ExitStack, names: list[str]) -> list[Figure]:
    team = json.loads((site.folder / "world.json").read_text())["small"][0]
    product = _serve(stack, site, "product", "config.wsgi", site.env, _cookie_of(site, team["owner"]))
    pages = {name: PAGES[name][0].format(slug=team["slug"]) for name in names}
    sizes = {name: _size(product, name, path) for name, path in pages.items()}
    bare, bare_signed_in = _bare_pages(stack, site, sorted(set(sizes.values())))
    print(HEAD)
    rows = {}
    for name, path in pages.items():
        is_signed_in = PAGES[name][1]
        beside = (
            (bare_signed_in, f"/mine/{sizes[name]}/") if is_signed_in else (bare, f"/page/{sizes[name]}/")
        )
        rows[name] = _row(name, sizes[name], *_in_turns([(product, path), beside], name))
    memory = {"product": round(product.memory(), 1), "bare": round(bare_signed_in.memory(), 1)}
    print(f"Memory of a worker: {memory['product']} MiB, of a bare one {memory['bare']} MiB (at most 90)")
    return figures(rows, memory["product"], memory["bare"])


def _size(product: Served, name: str, path: str) -> int:
    """Asked for often enough to be warm."""
    asked = ask(product.port, path, _headers(product, name), during=1.0, connections=1)
    if asked.errors or not asked.bytes:
        sys.exit(f"{name} does not answer with its page")
    return asked.bytes


def _headers(served: Served, name: str) -> dict[str, str]:
    return served.headers() if PAGES[name][1] else VISITOR


def _in_turns(two: list[tuple[Served, str]], name: str) -> list[Figures]:
    taken: list[list[tuple[Asked, float]]] = [[], []]
    for _ in range(ROUNDS):
        for (served, path), into_which in zip(two, taken, strict=True):
            before = served.busy()
            asked = ask(served.port, path, _headers(served, name), during=SECONDS)
            into_which.append((asked, served.busy() - before))
    return [_figures(each) for each in taken]


def _figures(rounds: list[tuple[Asked, float]]) -> Figures:
    middle = statistics.median
    return Figures(
        per_second=round(middle(asked.per_second for asked, _busy in rounds), 1),
        p50=round(middle(asked.at(0.5) for asked, _busy in rounds), 2),
        p99=round(middle(asked.at(0.99) for asked, _busy in rounds), 2),
        cpu=round(middle(busy / max(1, len(asked.seconds)) * 1000 for asked, busy in rounds), 3),
        errors=sum(asked.errors for asked, _busy in rounds),
    )


def _row(name: str, size: int, ours: Figures, bare: Figures) -> dict[str, Any]:
    share, least = ours.per_second / bare.per_second, PAGES[name][2]
    verdict = "" if share >= least else f"   below {least:.0%}"
    errors = f"   {ours.errors + bare.errors} errors" if ours.errors + bare.errors else ""
    print(
        f"  {name:<10}{size:>8}{ours.per_second:>8.0f}{bare.per_second:>8.0f}{share:>8.0%}{ours.p99:>9.1f}"
        f"{bare.p99:>8.1f}{ours.cpu:>8.2f}{bare.cpu:>7.2f}{verdict}{errors}",
        flush=True,
    )
    return {
        "bytes": size,
        "product": asdict(ours),
        "bare": asdict(bare),
        "share": round(share, 3),
        "at_least": least,
        "is_signed_in": PAGES[name][1],
    }


def _bare_pages(stack: ExitStack, site: Site, sizes: list[int]) -> tuple[Served, Served]:
    """Without anything, and with a session, a person and a query."""
    env = {
        **site.env,
        "BARE_SIZES": ",".join(map(str, sizes)),
        "BARE_DATABASE_URL": _database_of_its_own(site.env["DATABASE_URL"], "bare"),
    }
    signed_in = {**env, "BARE_SIGNED_IN": "1"}
    cookie = site.folder / "bare-cookie"
    subprocess.run([PYTHON, "-m", "bench.http.bare", str(cookie)], cwd=ROOT, env=signed_in, check=True)
    return (
        _serve(stack, site, "bare", "bench.http.bare", env),
        _serve(stack, site, "bare-signed-in", "bench.http.bare", signed_in, cookie.read_text()),
    )


def _database_of_its_own(url: str, name: str) -> str:
    server, _, options = url.partition("?")
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name}")
    return f"{server.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")


def _cookie_of(site: Site, email: str) -> str:
    file = site.folder / "cookie"
    run_inside(site, "bench.http.signed_in", email, str(file))
    return file.read_text()


def _serve(
    stack: ExitStack, site: Site, name: str, application: str, env: dict[str, str], cookie: str = ""
) -> Served:
    port = services.free_port()
    server = GUNICORN if application == "config.wsgi" else BESIDE
    command = [PYTHON, "-m", *server, application, "--workers", "1", "--bind", f"127.0.0.1:{port}"]
    child = Child(name, command, env=env, show=into(site.folder / f"{name}.log"))
    stack.callback(stop, [child])
    if not wait_until(lambda: services.listens(port), child=child, seconds=60):
        raise SystemExit(f"{name} did not start:\n" + "\n".join(child.last_lines))
    return Served(child, port, cookie)


if __name__ == "__main__":
    sys.exit(main())
