"""A Celery worker whose moments the test chooses: tasks wait in memory until it is told to go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty
from typing import Any

from celery.exceptions import Retry

from apps.subscriptions.tests.conftest import committed
from config.celery import app


@dataclass(frozen=True)
class Waiting:
    name: str  # without its module
    args: list[Any]
    eta: str | None
    retries: int

    def run(self) -> None:
        """As a worker does: what it asks for meanwhile waits, a retry too."""
        task = next(task for name, task in app.tasks.items() if name.endswith(f"tasks.{self.name}"))
        task.push_request(
            args=self.args, kwargs={}, retries=self.retries, is_eager=False, called_directly=False, id="task"
        )
        try:
            with committed():
                task.run(*self.args)
        except Retry:
            pass
        finally:
            task.pop_request()


class Worker:
    def take(self) -> list[Waiting]:
        """What waits, in order, off the queue."""
        with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
            return list(_messages(queue))

    def go_on(self, *, rounds: int = 20) -> list[Waiting]:
        """Work what waits, and what comes of it, whatever its time; returns what was worked."""
        done: list[Waiting] = []
        for _round in range(rounds):
            found = self.take()
            if not found:
                break
            for waiting in found:
                waiting.run()
                done.append(waiting)
        return done


def _messages(queue: Any) -> Iterator[Waiting]:
    while True:
        try:
            message = queue.get(block=False)
        except Empty:
            return
        message.ack()
        headers = message.headers
        yield Waiting(
            headers["task"].rpartition(".")[2],
            message.payload[0],
            headers.get("eta"),
            headers.get("retries") or 0,
        )


@contextmanager
def a_worker() -> Iterator[Worker]:
    eager, app.conf.task_always_eager = app.conf.task_always_eager, False
    worker = Worker()
    worker.take()  # left by another test
    try:
        yield worker
    finally:
        worker.take()
        app.conf.task_always_eager = eager
