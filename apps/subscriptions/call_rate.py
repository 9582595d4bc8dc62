"""How fast we ask Stripe: the hourly run leaves room for people, however many workers it has.

Counted in the cache, which all workers share: one number a second. Without Redis each process counts for
itself. People's own requests are not counted and never wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.core.cache import cache

from apps.subscriptions.errors import StripeUnavailable

LONGEST_WAIT_SECONDS = 30.0

_counted: ContextVar[list[float] | None] = ContextVar("stripe_calls_are_counted", default=None)
_paced: ContextVar[bool] = ContextVar("stripe_calls_are_paced", default=False)


@contextmanager
def paced() -> Iterator[None]:
    """Each call to Stripe inside waits for its turn."""
    token = _paced.set(True)
    try:
        yield
    finally:
        _paced.reset(token)


@contextmanager
def counted() -> Iterator[list[float]]:
    """The moment (time.monotonic) of each call to Stripe inside, retries included."""
    calls: list[float] = []
    token = _counted.set(calls)
    try:
        yield calls
    finally:
        _counted.reset(token)


def before_call() -> None:
    if (calls := _counted.get()) is not None:
        calls.append(time.monotonic())
    if _paced.get():
        wait_for_turn()


def wait_for_turn(
    *, now: Callable[[], float] = time.time, sleep: Callable[[float], object] = time.sleep
) -> None:
    """Returns once this call is one of the STRIPE_CALLS_PER_SECOND of the present second (0: any number).

    Raises StripeUnavailable when the others leave no turn for LONGEST_WAIT_SECONDS.
    """
    limit, began = settings.STRIPE_CALLS_PER_SECOND, now()
    while limit:
        moment = now()
        if _take_number(int(moment)) <= limit:
            return
        if moment - began > LONGEST_WAIT_SECONDS:
            raise StripeUnavailable(f"No turn in {LONGEST_WAIT_SECONDS:.0f} s at {limit} calls a second")
        sleep(int(moment) + 1 - moment)


def _take_number(second: int) -> int:
    """The how manieth to ask for this second."""
    key = f"stripe-calls:{second}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key)
    except ValueError:  # Redis went away between the two
        return 1
