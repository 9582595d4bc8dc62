"""A task's message by a shorter road than `apply_async`: what is the same each time is looked up once.

For what is asked for by the thousand; all else takes Celery's own road. The message is Celery's
(https://docs.celeryq.dev/en/stable/internals/protocol.html), and who listens to `before_task_publish` may add
headers as ever. `after_task_publish` is not sent: its line in the log would cost as much again.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from celery import Task
from celery.signals import before_task_publish
from celery.utils.nodenames import anon_nodename
from kombu.utils.uuid import uuid


class PreparedTask:
    """Of a task without options of its own. What is asked for inside of another task names no parent.

    Not for a process without a broker, where tasks run at once: `tasks.enqueue` asks. To look up a setting of
    Celery's costs a sixtieth of a webhook's answer; so it waits for a producer however long that takes.
    """

    def __init__(self, task: Task) -> None:
        self.task, self.app, self.name = task, task.app, task.name

    def apply_async(
        self, args: tuple[Any, ...], *, retry: bool = False, countdown: float | None = None
    ) -> None:
        """Raises what `Task.apply_async` raises while the broker is away."""
        if countdown or retry:
            self.task.apply_async(args, retry=retry, countdown=countdown)
        else:
            self._publish(args)

    def _publish(self, args: tuple[Any, ...]) -> None:
        amqp, fixed = self.app.amqp, self._fixed
        # Celery's own words for arguments look at each letter: what is handed over here are ids.
        told_as = {"argsrepr": repr(args), "origin": anon_nodename()}
        message = amqp.as_task_v2(uuid(), self.name, args, **told_as, **fixed)
        # On Redis a message for a queue by its name needs neither an exchange nor a declaration.
        road = {"exchange": "", "routing_key": self._queue}
        told = {"body": message.body, "headers": message.headers, "properties": message.properties}
        before_task_publish.send(sender=self.name, **told, **road, declare=[], retry_policy={})
        with amqp.producer_pool.acquire(block=True) as producer:
            producer.publish(message.body, headers=message.headers, **road, **message.properties)

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        return {"kwargsrepr": "{}", "ignore_result": self.task.ignore_result}

    @cached_property
    def _queue(self) -> str:
        route = self.app.amqp.router.route({}, self.name, (), {}, self.task)
        return str(route["queue"].name)
