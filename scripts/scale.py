"""Two web, two workers, two beats: a purchase and 1,000 changes of seats come out exact.

.venv/bin/python scripts/scale.py          600 people join, 400 of them are removed again
.venv/bin/python scripts/scale.py 60 40    fewer

The containers are those of `docker compose up --scale`. People join and are removed over HTTP, eight at a
time, each request by the next web container.
"""

import json
import os
import random
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import road
from docker_smoke import why_not
from services import free_port

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "lintel-scale"
TWO = ["--scale", "web=2", "--scale", "worker=2", "--scale", "beat=2"]
JOINS, REMOVALS = map(int, sys.argv[1:3] or (600, 400))
AT_ONCE = 8
SETTLED_SECONDS = 240
SECRET = "c" * 32  # of the form and of the cookie: what a browser would have been given
KEY = "sk_test_000000000000000000000000"  # of docker-compose.yml


class Town:
    def __init__(self) -> None:
        self.ports = {"PORT": str(free_port()), "STRIPE_SANDBOX_PORT": str(free_port())}
        self.site, self.sandbox = (f"http://localhost:{port}" for port in self.ports.values())

    def compose(self, *arguments: str) -> str:
        env = {**os.environ, **self.ports, "COMPOSE_PROJECT_NAME": PROJECT}
        command = ["docker", "compose", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(
                f"docker compose {arguments[0]} failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
            )
        return done.stdout

    def inside(self, *arguments: str) -> Any:
        """What scripts/scale_inside.py says in a web container."""
        said = self.compose(
            "exec", "-T", "web", "python", "-W", "ignore", "scripts/scale_inside.py", *arguments
        )
        return json.loads(said.splitlines()[-1])

    def post(self, path: str, session: str, **fields: str) -> int:
        """Where a browser would be sent on, we stop: the deed is done. Tried once."""
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": SECRET}).encode()
        cookies = f"sessionid={session}; csrftoken={SECRET}"
        request = urllib.request.Request(f"{self.site}{path}", data, {"Cookie": cookies, "Origin": self.site})
        try:
            with OPENER.open(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


OPENER = urllib.request.build_opener(_Stay)


def main() -> int:
    if reason := why_not():
        print(f"\n*** SKIPPED: {reason} Nothing was scaled. ***\n", flush=True)
        return 0
    town = Town()
    try:
        return _try(town)
    finally:
        town.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")


def _try(town: Town) -> int:
    town.compose("build", "--quiet", "web")
    town.compose("up", "--wait", "--wait-timeout", "240", "--no-build", *TWO, "door", "worker", "beat")
    road.walk(town.site, town.sandbox)
    before = town.inside("truth")
    people = town.inside("people", str(JOINS))
    began = time.monotonic()
    answers = _changes(town, people)
    took = time.monotonic() - began
    print(
        f"  {JOINS + REMOVALS} changes in {took:.0f} s, {AT_ONCE} at a time; answers {dict(answers)}",
        flush=True,
    )
    truth = _settled(town)
    print(f"  settled {time.monotonic() - began - took:.0f} s later", flush=True)
    wrong = [*_wrong(town, before, truth, answers), *_shares(town)]
    for sentence in wrong:
        print(f"  WRONG: {sentence}", flush=True)
    print(f"scale: {'FAILED' if wrong else 'exact'}", flush=True)
    return 1 if wrong else 0


def _changes(town: Town, people: dict[str, Any]) -> Counter[int]:
    owner, guests = people["owner"], people["guests"]
    lines = "\n".join(guests)
    asked = town.post("/a/demo/team/invite/bulk/", owner, people=lines, role="member", action="send")
    if asked != 200:
        raise SystemExit(f"The list of invitations was answered with {asked}")
    tokens = town.inside("tokens")
    joins = [partial(_join, town, tokens[email], session) for email, session in guests.items()]
    answers = _all(joins[:REMOVALS])
    removals = [partial(_remove, town, owner, member) for member in town.inside("members")]
    rest = joins[REMOVALS:] + removals
    random.Random(1).shuffle(rest)  # noqa: S311 - an order, no secret
    return answers + _all(rest)


def _join(town: Town, token: str, session: str) -> int:
    return town.post(f"/teams/invitations/{token}/", session, action="accept")


def _remove(town: Town, owner: str, member: str) -> int:
    return town.post(f"/a/demo/team/members/{member}/remove/", owner)


def _all(deeds: Iterable[Callable[[], int]]) -> Counter[int]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(lambda deed: deed(), deeds))


def _settled(town: Town) -> dict[str, Any]:
    deadline = time.monotonic() + SETTLED_SECONDS
    before, truth = None, town.inside("truth")
    while time.monotonic() < deadline and (truth["waiting"] or truth != before):
        time.sleep(5)  # longer than the product waits before it tells Stripe
        before, truth = truth, town.inside("truth")
    return dict(truth)


def _quantity(town: Town, truth: dict[str, Any]) -> int:
    request = urllib.request.Request(
        f"{town.sandbox}/v1/subscriptions/{truth['subscription']}", headers={"Authorization": f"Bearer {KEY}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return sum(item["quantity"] for item in json.load(answer)["items"]["data"])


def _wrong(town: Town, before: dict[str, Any], truth: dict[str, Any], answers: Counter[int]) -> list[str]:
    quantity, wanted = _quantity(town, truth), before["members"] + JOINS - REMOVALS
    noted = truth["changes"] - before["changes"]
    print(f"  members {truth['members']}, at Stripe {quantity}, in our row {truth['quantity']}", flush=True)
    print(f"  the ledger has {noted} changes more, Stripe was told {truth['told']} times", flush=True)
    print(f"  mails to guests {truth['mails']}, of them twice {truth['doubled']}", flush=True)
    rules = {
        f"Not each request was answered with 302: {answers}": set(answers) == {302},
        f"There should be {wanted} members": truth["members"] == wanted,
        "Stripe bills another number": quantity == truth["members"] == truth["quantity"],
        "The ledger has another number of changes": noted == JOINS + REMOVALS,
        f"The ledger does not add up: {truth['breaks']}": not truth["breaks"] and truth["ends"] == wanted,
        "Mails came twice": not truth["doubled"],
        "Mails are missing": truth["mails"] == JOINS + REMOVALS,
        f"Something still waits: {truth['waiting']}": not truth["waiting"],
    }
    return [sentence for sentence, holds in rules.items() if not holds]


def _shares(town: Town) -> list[str]:
    """Both webs answered, both workers worked, one beat sent."""
    wrong = []
    for service, words, wanted in (
        ("web", "POST ", 2),
        ("worker", "succeeded", 2),
        ("beat", "Sending due", 1),
    ):
        lines = town.compose("logs", "--no-color", service).splitlines()
        named = [re.search(rf"{service}-\d+", line) for line in lines if words in line]
        share = Counter(found[0] for found in named if found)
        print(f"  {service}: {dict(share)}", flush=True)
        if len(share) != wanted:
            wrong.append(f"{len(share)} {service} at work instead of {wanted}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
