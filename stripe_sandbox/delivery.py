"""Webhooks: who gets an event, the signature, the attempts; never inside the call that made the event."""

from __future__ import annotations

import hashlib
import heapq
import hmac
import http.client
import json
import random
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox.ids import new_id
from stripe_sandbox.webhook_secrets import valid_secrets

BACK_OFF = (2, 5, 15, 60, 300, 900, 3600, 10800)
"""Seconds of wall time between attempts."""
TIMEOUT = 20
PATIENCE = 2
KIND = "sandbox.delivery"


@dataclass(frozen=True)
class Signed:
    """One request as it goes to an endpoint."""

    url: str
    headers: dict[str, str]
    body: bytes
    event: dict[str, Any]

    @property
    def path(self) -> str:
        """Where Django's test client posts it."""
        return urlsplit(self.url).path


def signature(secret: str, body: bytes, at: int) -> str:
    """Stripe's scheme: HMAC-SHA256 over `timestamp.body`."""
    return f"t={at},{scheme_v1(secret, body, at)}"


def scheme_v1(secret: str, body: bytes, at: int) -> str:
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def sign(event: dict[str, Any], endpoint: dict[str, Any], now: int) -> Signed:
    """One signature for each secret that is good at `now`, the sandbox's time.

    They are stamped with wall time, because the receiver's clock does not move with the sandbox's.
    """
    version = endpoint.get("api_version") or event["api_version"]
    shown = {key: value for key, value in event.items() if key[0] != "_"}
    body = json.dumps(shown | {"api_version": version}, indent=2).encode()
    at = int(time.time())
    signatures = [scheme_v1(secret, body, at) for secret in valid_secrets(endpoint, now)]
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": ",".join([f"t={at}", *signatures]),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    return Signed(endpoint["url"], headers, body, event)


def wants(endpoint: dict[str, Any], type: str) -> bool:
    events = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in events or type in events)


class Courier:
    """Deliveries are objects of the world (they survive a restart); a worker per endpoint keeps the order."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.mode = "immediate"
        self.log: deque[dict[str, Any]] = deque(maxlen=5000)
        self.count = 0
        self._fresh: list[dict[str, Any]] = []
        self._queues: dict[str, list[tuple[float, int, str]]] = {}
        self._workers: dict[str, threading.Thread] = {}
        self._position = 0
        self._condition = threading.Condition()
        self._running = False

    def address(self, event: dict[str, Any], everybody: bool = False) -> list[dict[str, Any]]:
        """A delivery for each endpoint that listens; `everybody`: whatever it listens to."""
        endpoints = [
            e
            for e in self.world.all("webhook_endpoint")
            if wants(e, event["type"]) or (everybody and e["status"] == "enabled")
        ]
        event["pending_webhooks"] = len(endpoints)
        return [self.dispatch(event, endpoint) for endpoint in endpoints]

    def dispatch(
        self, event: dict[str, Any], endpoint: dict[str, Any], at_once: bool = False
    ) -> dict[str, Any]:
        held = self.mode == "hold" and not at_once
        delivery = {
            "id": new_id(KIND),
            "object": KIND,
            "event": event["id"],
            "type": event["type"],
            "endpoint": endpoint["id"],
            "url": endpoint["url"],
            "state": "held" if held else "waiting",
            "attempts": [],
        }
        self.world.add(delivery)
        self._fresh.append(delivery)
        return delivery

    def resend(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        endpoints = [e for e in self.world.all("webhook_endpoint") if e["status"] == "enabled"]
        return [self.dispatch(event, endpoint, at_once=True) for endpoint in endpoints]

    def held(self) -> list[dict[str, Any]]:
        return self.world.where(KIND, state="held")

    def release(
        self, order: str = "fifo", seed: int | None = None, duplicate: int = 0, drop: list[str] | None = None
    ) -> list[dict[str, Any]]:
        """Let go what is held: in this order, each `duplicate` more times, without the dropped event ids."""
        held, dropped = self.held(), set(drop or [])
        for delivery in held:
            lost = delivery["event"] in dropped or delivery["id"] in dropped
            self.world.update(delivery, state="dropped" if lost else "waiting")
        going = [delivery for delivery in held if delivery["state"] == "waiting"]
        going += [self.twin(delivery) for _ in range(duplicate) for delivery in going]
        if order == "reverse":
            going.reverse()
        elif order == "shuffle":
            random.Random(seed).shuffle(going)  # noqa: S311 - an order to repeat, not a secret
        self._fresh = going
        return going

    def twin(self, delivery: dict[str, Any]) -> dict[str, Any]:
        return self.world.add(delivery | {"id": new_id(KIND), "attempts": []})

    def wake(self) -> None:
        """After a change was saved: what it made may go out."""
        fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        with self._condition:
            for delivery in fresh:
                if delivery["state"] == "waiting":
                    self._push(delivery, time.time())
            self._hire()
            self._condition.notify_all()

    def set_aside(self, instead: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        """What this change has addressed so far; from now on it counts as having addressed `instead`."""
        fresh, self._fresh = self._fresh, instead or []
        return fresh

    def forget_unsaved(self) -> None:
        self._fresh = []

    def take_up(self) -> None:
        """After a start: go on with what was waiting, and show what was delivered."""
        for delivery in self.world.all(KIND):
            for attempt in delivery["attempts"]:
                self._write_log(delivery, attempt)
        with self._condition:
            for delivery in self.world.where(KIND, state="waiting"):
                self._push(delivery, time.time())

    def start_over(self) -> None:
        with self._condition:
            self._queues.clear()
            self._fresh = []
            self.log.clear()
            self.count = 0
            self.mode = "immediate"
            self._condition.notify_all()

    def start(self) -> None:
        with self._condition:
            self._running = True
            self._hire()

    def stop(self) -> None:
        """Nothing goes out any more. What is under way may be written down, if it does not take long."""
        with self._condition:
            self._running = False
            workers = list(self._workers.values())
            self._condition.notify_all()
        for worker in workers:
            worker.join(timeout=PATIENCE)

    def _push(self, delivery: dict[str, Any], at: float) -> None:
        self._position += 1
        heapq.heappush(
            self._queues.setdefault(delivery["endpoint"], []), (at, self._position, delivery["id"])
        )

    def _hire(self) -> None:
        for endpoint in self._queues if self._running else ():
            worker = self._workers.get(endpoint)
            if worker is None or not worker.is_alive():
                worker = threading.Thread(target=self._work, args=(endpoint,), daemon=True)
                self._workers[endpoint] = worker
                worker.start()

    def _work(self, endpoint: str) -> None:
        while (delivery := self._next(endpoint)) is not None:
            try:
                self.attempt(delivery)
            except Exception:  # noqa: BLE001 - what could not be written down is tried again, and others go on
                traceback.print_exc()
                with self._condition:
                    self._push({"id": delivery, "endpoint": endpoint}, time.time() + BACK_OFF[0])

    def _next(self, endpoint: str) -> str | None:
        with self._condition:
            while self._running and endpoint in self._queues:
                queue = self._queues[endpoint]
                wait = queue[0][0] - time.time() if queue else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(queue)[2]
                self._condition.wait(wait)
            self._workers.pop(endpoint, None)
        return None

    def attempt(self, delivery_id: str) -> None:
        with self.world:
            request = self.prepare(self.world.get(delivery_id))
        if request is None:
            return
        status, body = send(request)
        with self.world:
            delivery = self.world.get(delivery_id)
            if delivery is not None:
                self.record(delivery, status, body)

    def prepare(self, delivery: dict[str, Any] | None) -> Signed | None:
        if delivery is None or delivery["state"] not in ("waiting", "held"):
            return None
        endpoint, event = self.world.get(delivery["endpoint"]), self.world.get(delivery["event"])
        if endpoint is None or event is None or endpoint["status"] != "enabled":
            # Deleted or disabled meanwhile: nothing goes there any more
            self.world.update(delivery, state="dropped")
            return None
        return sign(event, endpoint, self.world.wall_clock())

    def record(self, delivery: dict[str, Any], status: int | None, body: str) -> None:
        tried = len(delivery["attempts"])
        attempt = {"attempt": tried + 1, "status": status, "body": body, "at": int(time.time())}
        done = status is not None and 200 <= status < 300
        again = not done and tried < len(BACK_OFF)
        self.world.touch(delivery)["attempts"].append(attempt)
        delivery["state"] = "delivered" if done else "waiting" if again else "failed"
        self._write_log(delivery, attempt)
        event = self.world.get(delivery["event"])
        if done and event is not None:
            self.world.update(event, pending_webhooks=max(0, event["pending_webhooks"] - 1))
            self.note_delivered(event)
        if again:
            with self._condition:
                self._push(delivery, time.time() + BACK_OFF[tried])

    def note_delivered(self, event: dict[str, Any]) -> None:
        """An invoice knows when the last listener heard of its making."""
        made = event["type"] == "invoice.created" and not event["pending_webhooks"]
        invoice = self.world.get(event["data"]["object"]["id"]) if made else None
        if invoice and invoice["webhooks_delivered_at"] is None:
            now = self.world.now(invoice["customer"])
            self.world.update(invoice, webhooks_delivered_at=now)

    def _write_log(self, delivery: dict[str, Any], attempt: dict[str, Any]) -> None:
        self.count += 1
        names = ("event", "type", "endpoint", "url")
        self.log.append({"n": self.count, **{name: delivery[name] for name in names}, **attempt})

    def since(self, number: int) -> list[dict[str, Any]]:
        return [entry for entry in list(self.log) if entry["n"] > number]

    def waiting_count(self) -> int:
        return len(self.world.where(KIND, state="waiting"))


def send(request: Signed) -> tuple[int | None, str]:
    """HTTP status and the first 2,000 characters of the answer; None when there was no answer."""
    where = urlsplit(request.url)
    secure = where.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(where.hostname or "", where.port or (443 if secure else 80), timeout=TIMEOUT)
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    try:
        connection.request("POST", path, request.body, request.headers)
        answer = connection.getresponse()
        return answer.status, answer.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return None, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
