"""Whether the database is still there is asked by a round trip: once in half a second, not for each request.

Django asks at the first query of each request (`CONN_HEALTH_CHECKS`). Whoever answers many requests a second
learns nothing new by that: a server that goes away within the time is met as if it had gone a moment later,
in the midst of the request.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

FRESH_SECONDS = 0.5


def ask_seldom(connection: Any, **_facts: Any) -> None:
    """Receives `connection_created`. After an error it is asked at once, whatever it answered before."""
    answered_at = monotonic()

    def is_usable() -> bool:
        nonlocal answered_at
        if monotonic() - answered_at < FRESH_SECONDS and not connection.errors_occurred:
            return True
        usable: bool = type(connection).is_usable(connection)
        answered_at = monotonic()
        return usable

    connection.is_usable = is_usable
