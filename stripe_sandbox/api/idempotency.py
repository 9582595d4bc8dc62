"""Idempotency keys: the same call again answers what the first one answered, for a day."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import InvalidRequest

if TYPE_CHECKING:
    from stripe_sandbox.world import World

KIND = "sandbox.idempotency_key"
KEPT_FOR = 24 * 3600


class Idempotency:
    """Answers are objects of the world, so a replay survives a restart and the deletion of what was made."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.in_flight: set[str] = set()
        self.lock = threading.Lock()

    def begin(self, key: str, fingerprint: str) -> tuple[int, dict[str, Any]] | None:
        """The remembered answer, or None and the key is taken until `end`.

        Raises InvalidRequest: 400 for the same key with another call, 409 while the first is at work.
        """
        with self.lock:
            if key in self.in_flight:
                message = f"Another request with the idempotency key {key} is in progress."
                raise InvalidRequest(message, status=409, code="idempotency_key_in_use")
            kept = self.kept(key)
            if kept is None:
                self.in_flight.add(key)
                return None
        if kept["fingerprint"] != fingerprint:
            message = f"The idempotency key {key} was used before with another endpoint or other parameters."
            raise InvalidRequest(message, type="idempotency_error")
        return kept["status"], json.loads(kept["body"])

    def kept(self, key: str) -> dict[str, Any] | None:
        found = self.world.get(name_of(key))
        return found if found and found["at"] > time.time() - KEPT_FOR else None

    def remember(self, key: str, fingerprint: str, status: int, body: dict[str, Any]) -> None:
        """Call with the world open, so that the answer is saved with the work."""
        record: dict[str, Any] = {
            "id": name_of(key),
            "object": KIND,
            "fingerprint": fingerprint,
            "status": status,
            "body": json.dumps(body),
            "at": int(time.time()),
        }
        old = self.world.get(record["id"])
        if old:
            self.world.update(old, **record)
        else:
            self.world.add(record)

    def end(self, key: str) -> None:
        with self.lock:
            self.in_flight.discard(key)


def name_of(key: str) -> str:
    return f"idempotency_{key}"


def fingerprint_of(path: str, pairs: list[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps([path, sorted(pairs)]).encode()).hexdigest()
