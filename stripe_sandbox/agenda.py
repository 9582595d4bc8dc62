"""What falls due when, clock by clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable

Due = Callable[[str], tuple[int | None, str | None]]
"""When an object falls due as it now is, and on which clock (None: the account's)."""


class Agenda:
    """Entries are never taken back: what has changed since is passed over when its turn comes."""

    def __init__(self) -> None:
        self.heaps: dict[str | None, list[tuple[int, int, str]]] = {}
        self.noted: dict[str, tuple[int, str | None]] = {}

    def note(self, object_id: str, due: int, clock: str | None, number: int) -> None:
        """Of what is due at one moment, the lower number comes first."""
        if self.noted.get(object_id) == (due, clock):
            return
        self.noted[object_id] = (due, clock)
        heapq.heappush(self.heaps.setdefault(clock, []), (due, number, object_id))

    def first(self, clock: str | None, now_due: Due) -> tuple[int, str] | None:
        heap = self.heaps.get(clock, [])
        while heap:
            due, _, object_id = heap[0]
            if now_due(object_id) == (due, clock):
                return due, object_id
            heapq.heappop(heap)
            if self.noted.get(object_id) == (due, clock):
                del self.noted[object_id]
        return None
