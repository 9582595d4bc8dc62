"""The Celery app. Its settings are the `CELERY_*` names in config/settings."""

import os
import signal
from types import FrameType
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.signals import beat_init, setup_logging, task_postrun, task_prerun
from django.db import close_old_connections
from django.dispatch import receiver
from django_structlog.celery import signals
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.transport import TRANSPORT_ALIASES
from structlog.contextvars import bind_contextvars, clear_contextvars

from apps.core.log_context import carried_facts

if TYPE_CHECKING:
    from celery import Task
    from celery.beat import Service

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")


class LogStep(DjangoStructLogInitStep):
    """A worker's: lines of a task carry its ids, lines after it do not."""

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        task_postrun.connect(_forget_task)


def _forget_task(**_kwargs: Any) -> None:
    clear_contextvars()


# Where kombu looks an address of Redis up; loaded with the first message.
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "config.broker:Transport"))
app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["apps.core.outbox"])
app.steps["worker"].add(LogStep)


@setup_logging.connect
def leave_logging_as_django_made_it(**_kwargs: Any) -> None:
    """Without a receiver Celery puts its own handlers in."""


@task_prerun.connect
@task_postrun.connect
def keep_the_database(task: "Task", **_kwargs: Any) -> None:
    """As a request: one that is lost or old is closed. Celery would connect anew for each task.

    A task that runs inside of a request leaves the connection to that.
    """
    if not task.request.is_eager:
        close_old_connections()


@receiver(signals.modify_context_before_task_publish)
def send_facts_along(context: dict[str, Any], **_kwargs: Any) -> None:
    """A task's lines name the request that asked for it, who sent that, and the task before it."""
    parent = {name: value for name, value in context.items() if name == "parent_task_id"}
    context.clear()
    context.update(parent | carried_facts())


@receiver(signals.bind_extra_task_metadata)
def name_the_task(task: "Task", **_kwargs: Any) -> None:
    """Here, and not where the team is looked up: the line that says how it failed is written after that."""
    bind_contextvars(task=task.name)
    if getattr(task, "is_team_task", False) and task.request.args:
        bind_contextvars(team=str(task.request.args[0]))


def let_beat_end_what_it_is_at(sender: "Service", **kwargs: Any) -> None:
    """Asked to end, beat hands the task over that it is at, then ends.

    Celery raises SystemExit wherever beat is at that moment. In the middle of a word with Redis or the
    database that becomes an error of theirs, which beat logs and survives: it goes on until it is killed.
    """

    def end(number: int, frame: FrameType | None) -> None:
        sender.stop()
        if frame is not None and frame.f_code is type(sender).start.__code__:
            raise SystemExit  # it sleeps

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


beat_init.connect(let_beat_end_what_it_is_at)
