"""Connections of a worker: the database's lasts from task to task, one client sends all messages."""

from __future__ import annotations

import time

import pytest
from celery.signals import task_prerun
from django.db import connection

from apps.subscriptions.tasks import process_events
from config.celery import app
from tests.test_queues import broker

__all__ = ["broker"]


def begin(**request: object) -> None:
    process_events.push_request(id="1", **request)
    try:
        task_prerun.send(sender=process_events, task_id="1", task=process_events)
    finally:
        process_events.pop_request()


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_kept_until_it_is_old() -> None:
    connection.ensure_connection()

    connection.close_at = time.monotonic() + 60
    begin()
    kept = connection.connection is not None
    connection.close_at = time.monotonic() - 1
    begin()

    assert kept
    assert app.conf.get("CELERY_DB_REUSE_MAX"), "Celery's own way is to close it before and after each task"
    assert connection.connection is None or connection.vendor == "sqlite"  # in memory it is never closed


@pytest.mark.django_db
def test_a_task_inside_of_a_request_leaves_the_connection_alone() -> None:
    connection.close_at = time.monotonic() - 1

    begin(is_eager=True)

    assert connection.connection is not None


def test_one_client_sends_all_messages_of_a_channel(broker: str) -> None:
    with app.connection_for_write(broker) as line:
        channel = line.default_channel
        clients = [channel._create_client() for _twice in range(2)]
        process_events.apply_async(("cus_1", "evt_1"), connection=line)

        assert clients[0] is clients[1]
        assert clients[0].llen("events") == 1
