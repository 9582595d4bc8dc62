"""Two questions to Stripe at the same time: who waits for both waits for the longer one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

from apps.subscriptions import gateway

T = TypeVar("T")
LINES = 4  # as many as gunicorn has threads: config/gunicorn.py


def _lines() -> ThreadPoolExecutor:
    """Its threads stay, and with each the connection it has to Stripe; begun when first needed."""
    return ThreadPoolExecutor(LINES, thread_name_prefix="stripe")


_second_line = _lines()


def _lines_of_the_child() -> None:
    """No thread outlives a fork."""
    global _second_line
    _second_line = _lines()


os.register_at_fork(after_in_child=_lines_of_the_child)


@contextmanager
def meanwhile(ask: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """`ask` is called while the body runs. What is given waits for its answer, and raises what it raised.

    It has the time that the request has left and the pace of its task, but no connection to the database: it
    asks Stripe and nothing else. It is done once the body is left, however that is left. A client that takes
    one call at a time is asked when the answer is wanted.
    """
    if not gateway.takes_two_at_once():
        yield ask
        return
    asked = _second_line.submit(copy_context().run, ask)
    try:
        yield asked.result
    finally:
        wait([asked])
