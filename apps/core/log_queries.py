"""Statements that took long, and statements asked for again and again, each named once in the log.

On with SLOW_QUERY_SECONDS. Values never stand in the log: a statement has places for them.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

OFTEN = 10  # the same statement more often than this in one request: the fault called N+1
LONGEST_SQL = 300
COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE")

_counts: ContextVar[Counter[str] | None] = ContextVar("counts_of_statements", default=None)


def watch(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """A receiver of `connection_created`: from now on each statement of this connection passes `_run`."""
    if settings.SLOW_QUERY_SECONDS and _run not in connection.execute_wrappers:
        connection.execute_wrappers.append(_run)


def _run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    counts = _counts.get()
    if counts is not None and sql.startswith(COUNTED):
        counts[sql] += 1
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        _tell_if_slow(sql, time.perf_counter() - began)


def _tell_if_slow(sql: str, seconds: float) -> None:
    if 0 < settings.SLOW_QUERY_SECONDS <= seconds:
        ms = round(seconds * 1000)
        logger.warning("Slow query, %s ms: %s", ms, _short(sql), extra={"ms": ms})


@contextmanager
def counted_statements() -> Iterator[None]:
    """At the end, a line for each statement that was asked for more than `OFTEN` times inside."""
    if not settings.SLOW_QUERY_SECONDS:
        yield
        return
    counts: Counter[str] = Counter()
    token = _counts.set(counts)
    try:
        yield
    finally:
        _counts.reset(token)
        for sql, times in counts.items():
            if times > OFTEN:
                logger.warning("%s times in one request: %s", times, _short(sql), extra={"times": times})


def _short(sql: str) -> str:
    one_line = " ".join(sql.split())
    return one_line if len(one_line) <= LONGEST_SQL else f"{one_line[:LONGEST_SQL]}..."
