"""What is worked first when much waits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.subscriptions.tasks import match_seats, process_events
from apps.teams.tasks import send_waiting_invitations
from config.celery import app

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from services import valkey

FLOOD = 30


@pytest.fixture
def broker() -> Iterator[str]:
    """With tasks that wait in it, as on a server."""
    eager, app.conf.task_always_eager = app.conf.task_always_eager, False
    with valkey() as url:
        yield url
    app.conf.task_always_eager = eager


def test_neither_mail_nor_seats_wait_behind_a_flood_of_events(broker: str) -> None:
    with app.connection_for_write(broker) as connection:
        for number in range(FLOOD):
            process_events.apply_async(("cus_1", f"evt_{number}"), connection=connection)
        match_seats.apply_async(("a holder",), connection=connection)
        send_waiting_invitations.apply_async(connection=connection)

    first = taken_by_a_worker(broker, 4)

    assert {match_seats.name, send_waiting_invitations.name} < set(first)
    assert process_events.name in first
    assert taken_by_a_worker(broker, FLOOD - 2) == [process_events.name] * (FLOOD - 2)


def taken_by_a_worker(broker: str, count: int) -> list[str]:
    """The names of the next tasks, one after the other."""
    names: list[str] = []

    def take(body: Any, message: Any) -> None:
        names.append(message.headers["task"])
        message.ack()

    with app.connection_for_read(broker) as connection:
        consumer = app.amqp.TaskConsumer(connection.default_channel, accept=["json"], callbacks=[take])
        consumer.qos(prefetch_count=1)
        with consumer:
            while len(names) < count:
                connection.drain_events(timeout=10)
    return names


LIST = "from config.celery import app; app.loader.import_default_modules(); print(*app.tasks)"


def test_a_worker_knows_every_task_of_the_beat() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    worker = subprocess.run([sys.executable, "-c", LIST], env=environment, capture_output=True, text=True)

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(worker.stdout.split())
