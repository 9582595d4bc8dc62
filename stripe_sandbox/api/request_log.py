"""What was asked of the API, newest last, for tests and for the dashboard."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any


class RequestLog:
    def __init__(self, keep: int = 5000) -> None:
        self.entries: deque[dict[str, Any]] = deque(maxlen=keep)
        self.count = 0
        self.lock = threading.Lock()

    def add(self, **entry: Any) -> dict[str, Any]:
        with self.lock:
            self.count += 1
            entry = {"n": self.count, **entry}
            self.entries.append(entry)
            return entry

    def since(self, number: int) -> list[dict[str, Any]]:
        with self.lock:
            return [entry for entry in self.entries if entry["n"] > number]

    def clear(self) -> None:
        with self.lock:
            self.entries.clear()
            self.count = 0
