"""The short road to the broker: the same message arrives as by Celery's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.signals import before_task_publish
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

from apps.core.prepared_task import PreparedTask

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))

from services import valkey

ITS_OWN = {"id", "root_id"}


def work(customer: str, event: str) -> None:
    """Never done here: what is looked at are messages."""


@pytest.fixture(scope="module")
def app() -> Iterator[Celery]:
    with valkey() as url:
        app = Celery("short", broker=url, set_as_current=False)
        app.conf.task_queues = [
            Queue(name, Exchange(name), routing_key=name) for name in ("celery", "events")
        ]
        app.conf.task_routes = {"work": {"queue": "events"}}
        yield app
        app.close()


@pytest.fixture
def task(app: Celery) -> Any:
    return app.task(work, name="work", ignore_result=True)


def taken(app: Celery) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The next message of the queue for events: body, headers, properties."""
    with app.connection_for_read() as connection, connection.SimpleQueue("events") as queue:
        message = queue.get(timeout=5)
        message.ack()
        return json.loads(message.body), dict(message.headers), dict(message.properties)


def test_a_worker_cannot_tell_it_from_celerys_own(app: Celery, task: Any) -> None:
    task.apply_async(("cus_1", "evt_1"), retry=False)
    body, headers, properties = taken(app)

    PreparedTask(task).apply_async(("cus_1", "evt_1"))

    ours = taken(app)
    assert ours[0] == body
    assert ours[1] == headers | {name: ours[1][name] for name in ITS_OWN}
    assert ours[1]["id"] == ours[1]["root_id"] != headers["id"]
    assert ours[2]["correlation_id"] == ours[1]["id"]
    assert ours[2]["delivery_mode"] == properties["delivery_mode"]
    assert ours[2]["delivery_info"] == properties["delivery_info"]


def test_who_listens_may_send_something_along(app: Celery, task: Any) -> None:
    def add(headers: dict[str, Any], **_told: Any) -> None:
        headers["traceparent"] = "00-1"

    before_task_publish.connect(add, sender="work")
    try:
        PreparedTask(task).apply_async(("cus_1", "evt_1"))
    finally:
        before_task_publish.disconnect(add, sender="work")

    assert taken(app)[1]["traceparent"] == "00-1"


def test_one_that_shall_wait_takes_the_long_road(app: Celery, task: Any) -> None:
    PreparedTask(task).apply_async(("cus_1", "evt_1"), countdown=60)

    assert taken(app)[1]["eta"]


def test_a_broker_that_is_away_is_told_as_celery_does(task: Any) -> None:
    away = Celery("away", broker="redis://127.0.0.1:1/0", set_as_current=False)
    away.conf.broker_transport_options = {"max_retries": 0, "socket_connect_timeout": 0.2}
    prepared = PreparedTask(away.task(work, name="work"))

    with pytest.raises(OperationalError):
        prepared.apply_async(("cus_1", "evt_1"))
    away.close()
