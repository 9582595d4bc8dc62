"""Warm up, count once, then time: medians, because machines are busy, and multiples, because they differ.

What is measured beside something takes turns with it, so that a machine that slows down slows down both.
"""

from __future__ import annotations

import logging
import math
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from bench.results import Figure, beside, rounded
from stripe_sandbox.api.request_log import RequestLog

Work = Callable[..., object]
Prepare = Callable[[], tuple[Any, ...]]
TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Row:
    """What one piece of work costs: seconds, SQL statements without a transaction's own, calls to Stripe."""

    name: str
    median: float
    p95: float
    queries: int
    calls: int
    work: Work = field(repr=False)
    prepare: Prepare = field(repr=False)
    beside: Row | None = None
    ratio: float | None = None

    def __str__(self) -> str:
        ratio = f"{self.ratio:8.2f} x {self.beside.name}" if self.beside else ""
        times = f"{self.median * 1000:9.2f}{self.p95 * 1000:9.2f}"
        return f"  {self.name:<52}{times}{self.queries:6}{self.calls:8}   {ratio}".rstrip()

    @property
    def figure(self) -> Figure:
        counted = f"{self.name} ({self.queries} SQL, {self.calls} Stripe)"
        milliseconds = self.median * 1000
        if self.beside is None or self.ratio is None:
            return Figure(counted, rounded(milliseconds), "ms")
        return beside(counted, milliseconds, "ms", self.beside.name, milliseconds / self.ratio)


HEAD = f"  {'':<52}{'median ms':>9}{'p95 ms':>9}{'SQL':>6}{'Stripe':>8}   {'beside':>8}"


class Runner:
    """Measures and tells each row as it is known.

    `times` repetitions at most, as many as fit into `seconds`, never fewer than one.
    """

    def __init__(
        self,
        requests: RequestLog,
        *,
        times: int = 200,
        warm_up: int = 3,
        seconds: float = 0.6,
        tell: Callable[[str], object] = print,
    ) -> None:
        self.requests = requests
        self.times, self.warm_up, self.seconds = times, warm_up, seconds
        self.tell = tell
        self.rows: list[Row] = []
        self.figures: list[Figure] = []

    def heading(self, text: str) -> None:
        self.tell(f"\n{text}\n{HEAD}")

    def measure(self, name: str, work: Work, *, prepare: Prepare = tuple, beside: Row | None = None) -> Row:
        """`prepare` makes the arguments of each repetition; its time, statements and calls do not count."""
        for _ in range(self.warm_up):
            work(*prepare())
        queries, calls = self._count(work, prepare())
        turns = [(work, prepare), *([(beside.work, beside.prepare)] if beside else [])]
        taken, *others = (sorted(times) for times in zip(*self._turns(turns), strict=True))
        median, p95 = statistics.median(taken), taken[math.ceil(len(taken) * 0.95) - 1]
        ratio = median / statistics.median(others[0]) if others else None
        return self._keep(Row(name, median, p95, queries, calls, work, prepare, beside, ratio))

    def measure_once(self, name: str, work: Work, *, beside: Row | None = None) -> Row:
        """What takes long: one run is counted and timed."""
        began = time.perf_counter()
        queries, calls = self._count(work, ())
        taken = time.perf_counter() - began
        ratio = taken / beside.median if beside else None
        return self._keep(Row(name, taken, taken, queries, calls, work, tuple, beside, ratio))

    def _keep(self, row: Row) -> Row:
        self.rows.append(row)
        self.keep(row.figure, str(row))
        return row

    def keep(self, figure: Figure, words: str = "") -> None:
        """A figure that is no row."""
        self.figures.append(figure)
        self.tell(words or f"  {figure.name}: {figure.value:g} {figure.unit}")

    def _count(self, work: Work, arguments: tuple[Any, ...]) -> tuple[int, int]:
        """By a wrapper: Django's own log of statements forgets those before the last 9,000."""
        before, statements = self.requests.count, 0

        def note(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
            nonlocal statements
            statements += not sql.startswith(TRANSACTION)
            return execute(sql, *arguments)

        with connection.execute_wrapper(note):
            work(*arguments)
        return statements, self.requests.count - before

    def _turns(self, turns: list[tuple[Work, Prepare]]) -> Iterator[list[float]]:
        """Seconds of each, again and again."""
        spent = 0.0
        for _ in range(self.times):
            taken = [_seconds(work, prepare()) for work, prepare in turns]
            spent += sum(taken)
            yield taken
            if spent > self.seconds:
                return


def _seconds(work: Work, arguments: tuple[Any, ...]) -> float:
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


@contextmanager
def quiet_logs() -> Iterator[None]:
    """A line on the terminal costs more than what is measured."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
