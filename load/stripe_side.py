"""What goes on at Stripe meanwhile: months pass for one team after the other, subscriptions are touched by
other programs, and events are delivered twice. All of it reaches the product as signed webhooks."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

from locust import HttpUser, between, task

WORLD: dict[str, Any] = json.loads(Path(os.environ["LOAD_WORLD"]).read_text())
TEAMS: list[dict[str, Any]] = WORLD["small"] + WORLD["large"]
MONTH = 31 * 86_400
SECONDS = 120  # the sandbox makes all that falls due before it answers


class Stripe(HttpUser):
    fixed_count = 1
    host = os.environ["LOAD_SANDBOX"]
    wait_time = between(1, 2)

    def on_start(self) -> None:
        self.client.headers["Authorization"] = f"Bearer {os.environ['LOAD_KEY']}"

    @task(6)
    def a_month_passes_for_somebody(self) -> None:
        self._advance(random.choice(TEAMS))

    @task(1)
    def a_month_passes_for_many(self) -> None:
        """The first of the month."""
        for team in random.sample(TEAMS, min(10, len(TEAMS))):
            self._advance(team)

    def _advance(self, team: dict[str, Any]) -> None:
        clock = self._call("GET", f"/v1/test_helpers/test_clocks/{team['clock']}", "read")
        moment = {"frozen_time": clock["frozen_time"] + MONTH}
        self._call(
            "POST", f"/v1/test_helpers/test_clocks/{team['clock']}/advance", "a month passes", data=moment
        )

    @task(6)
    def another_program_writes(self) -> None:
        team = random.choice(TEAMS)
        note = {"metadata[touched]": str(random.random())}
        self._call("POST", f"/v1/subscriptions/{team['subscription']}", "a subscription changes", data=note)

    @task(3)
    def an_event_comes_again(self) -> None:
        events = self._call("GET", "/v1/events?limit=100", "read")["data"]
        if events:
            event = random.choice(events)["id"]
            self._call("POST", f"/_sandbox/events/{event}/resend", "an event comes again", json={})

    def _call(self, method: str, path: str, kind: str, **more: Any) -> dict[str, Any]:
        with self.client.request(
            method, path, name=f"Stripe: {kind}", catch_response=True, timeout=SECONDS, **more
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code} {answer.text[:200]}")
                return {"data": [], "frozen_time": 0}
            return dict(answer.json())
