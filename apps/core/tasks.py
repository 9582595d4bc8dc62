"""Handing work to Celery without the request ever paying for a broker that is down."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any

from celery import Celery, Task
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.core.prepared_task import PreparedTask

logger = logging.getLogger(__name__)

BREAK_SECONDS = 5.0


class Breaker:
    """After a failure nothing is published for a few seconds: a frozen broker costs one caller, not all."""

    def __init__(self) -> None:
        self.open_until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self.open_until

    def trip(self) -> None:
        self.open_until = time.monotonic() + BREAK_SECONDS


breaker = Breaker()


def enqueue(task: Task | PreparedTask, *args: Any, countdown: float | None = None) -> None:
    """Run `task` after the transaction commits; never raises because of the broker.

    At most once: what must not get lost is a row that a sweeper sees. `countdown`: seconds after the commit;
    without a broker there is no later, and it runs at once.
    """
    transaction.on_commit(partial(_publish, task, args, countdown))


def _publish(task: Task | PreparedTask, args: tuple[Any, ...], countdown: float | None) -> None:
    if task.app.conf.task_always_eager:
        (task.task if isinstance(task, PreparedTask) else task).apply_async(args)
    elif breaker.is_open:
        logger.warning("Broker was down a moment ago, left to the sweeper: %s%r", task.name, args)
    else:
        _publish_to_broker(task, args, countdown)


def _publish_to_broker(task: Task | PreparedTask, args: tuple[Any, ...], countdown: float | None) -> None:
    try:
        task.apply_async(args, retry=False, countdown=countdown)
    except broker_errors(task.app) as error:
        breaker.trip()
        logger.error("Broker is down, left to the sweeper: %s%r (%s)", task.name, args, error)


def broker_errors(app: Celery) -> tuple[type[Exception], ...]:
    """What publishing raises when the broker is away: kombu's word for it, or the transport's own."""
    connection = app.connection_for_write()
    return (OperationalError, OSError, *connection.connection_errors, *connection.channel_errors)
