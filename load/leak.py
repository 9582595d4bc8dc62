"""`python -m load.leak WORLD REQUESTS`: the same few pages very often, in one process: does it grow?

The WSGI application as gunicorn calls it, with the settings of production; no socket, no second process: what
grows here is ours.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import re
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from config.wsgi import application

LARGEST_GROWTH = 15.0  # MiB after the first tenth, when all is warm
STEPS = 10
MORE_OF_THE_CHEAP = 4  # a hundred thousand have to fit into minutes
HTTPS = {"X-Forwarded-Proto": "https"}
HOME = "https://127.0.0.1"
PLACE: Any = {"base_url": HOME, "environ_overrides": {"REMOTE_ADDR": "127.0.0.1"}}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
MIB = 2**20

Ask = Callable[[], int]


def main(world: dict[str, Any], requests: int) -> int:
    turns = itertools.cycle(_pages(world))
    began, warm, now = time.monotonic(), 0.0, 0.0
    print(f"{requests:,} requests in one process; MiB", flush=True)
    for step in range(1, STEPS + 1):
        wrong = _ask_many(turns, requests // STEPS)
        now = _resident()
        warm = warm or now
        rate = requests // STEPS * step / (time.monotonic() - began)
        print(f"  {requests // STEPS * step:>9,}{now:>9.1f}{now - warm:>+8.1f}{rate:>8.0f}/s", flush=True)
        if wrong:
            print(f"  WRONG  {wrong}")
            return 1
    if now - warm <= LARGEST_GROWTH:
        print(f"  Memory is flat: {now - warm:+.1f} MiB (at most {LARGEST_GROWTH:.0f})")
        return 0
    print(
        f"  WRONG  grown by {now - warm:.1f} MiB (at most {LARGEST_GROWTH:.0f}); of the next requests stays:"
    )
    _tell_what_stays(turns, max(1000, requests // STEPS))
    return 1


def _ask_many(turns: Any, count: int) -> str:
    """What was answered wrongly, "" if nothing."""
    for _ in range(count):
        name, expect, ask = next(turns)
        if (status := ask()) != expect:
            return f"{name}: {status} instead of {expect}"
    gc.collect()
    return ""


def _pages(world: dict[str, Any]) -> list[tuple[str, int, Ask]]:
    """Name, status, how to ask."""
    visitor, member, owner = _client(), _client(), _client()
    team = world["small"][0]
    home = f"/a/{team['slug']}/"
    _sign_in(member, team["members"][0], world["password"])
    _sign_in(owner, team["owner"], world["password"])
    preview = {"emails": "somebody@example.com", "role": "member"}
    style = re.search(r'href="(/static/[^"]+\.css)"', _text(visitor, "/"))
    assert style is not None
    gets: list[tuple[Client, str, int]] = [
        (visitor, "/health/", 200),
        (visitor, "/", 200),
        (visitor, style[1], 200),
        (visitor, "/pricing/", 200),
        (visitor, "/accounts/login/", 200),
        (visitor, home, 302),
        (visitor, "/no/such/page/", 404),
        (member, home, 200),
        (member, f"{home}subscription/subscription-gated-page/", 200),  # demo-only
        (member, f"/a/{world['small'][1]['slug']}/", 404),
        (owner, f"{home}team/", 200),
        (owner, f"{home}subscription/", 200),
        (owner, "/health/ready/", 200),
    ]
    pages = [(path, status, _get(client, path)) for client, path, status in gets]
    forged = {"Stripe-Signature": "t=1,v1=00"}
    pages.append(("a forged event", 400, _post(visitor, "/stripe/webhook/", {"id": "evt_1"}, forged)))
    pages.append(("a form without its token", 403, _post(owner, f"{home}team/invite/", preview, {})))
    cheap = [page for page in pages if page[1] != 200 or page[0] in ("/health/", style[1])]
    return pages + cheap * MORE_OF_THE_CHEAP


def _client() -> Client:
    return Client(application)


def _get(client: Client, path: str) -> Ask:
    return lambda: _status(client.get(path, headers=HTTPS, **PLACE))


def _post(client: Client, path: str, data: dict[str, str], headers: dict[str, str]) -> Ask:
    sent = {**HTTPS, **headers, "Origin": HOME}
    return lambda: _status(client.post(path, data=data, headers=sent, **PLACE))


def _status(answer: Any) -> int:
    """Read to its end and closed, as a server does."""
    answer.get_data()
    answer.close()
    return int(answer.status_code)


def _text(client: Client, path: str) -> str:
    answer = client.get(path, headers=HTTPS, **PLACE)
    return str(answer.get_data(as_text=True))


def _sign_in(client: Client, email: str, password: str) -> None:
    token = TOKEN.search(_text(client, "/accounts/login/"))
    assert token is not None
    data = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
    sent = {**HTTPS, "Referer": f"{HOME}/accounts/login/"}
    answer = client.post("/accounts/login/", data=data, headers=sent, **PLACE)
    assert answer.status_code == 302, answer.status_code


def _tell_what_stays(turns: Any, count: int) -> None:
    """Only now: it halves the speed."""
    tracemalloc.start(12)
    _ask_many(turns, count // 10)
    before = tracemalloc.take_snapshot()
    _ask_many(turns, count)
    for found in tracemalloc.take_snapshot().compare_to(before, "traceback")[:8]:
        print(f"    {found.size_diff / 1024:+.0f} KiB, {found.count_diff:+} blocks")
        print("\n".join(f"      {line}" for line in found.traceback.format()[-6:]))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


if __name__ == "__main__":
    sys.exit(main(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2])))
