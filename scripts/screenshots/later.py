"""Time goes by for some of the demo's teams, so that they get mail: last of all, for their pages change."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request

DAYS = {"state-trialing": 7, "state-ending": 25, "state-past-due": 2}
KEY = "sk_test_" + 24 * "0"


def let_time_pass(sandbox: str, links: dict[str, str]) -> None:
    for team, days in DAYS.items():
        address = f"{sandbox}/v1/test_helpers/test_clocks/{links[f'clock-{team}']}"
        moment = int(_ask(address)["frozen_time"]) + days * 86_400  # type: ignore[call-overload]
        _ask(f"{address}/advance", frozen_time=moment)
    _wait_for_deliveries(sandbox)


def _wait_for_deliveries(sandbox: str) -> None:
    deadline = time.monotonic() + 60
    while _ask(f"{sandbox}/_sandbox/deliveries")["waiting"] and time.monotonic() < deadline:
        time.sleep(0.5)


def _ask(address: str, **fields: object) -> dict[str, object]:
    data = urllib.parse.urlencode(fields).encode() if fields else None
    request = urllib.request.Request(address, data, {"Authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))
