"""Handing work to a broker that may be away."""

import socket
from threading import Thread

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction

from apps.core.tasks import breaker, enqueue

pytestmark = pytest.mark.django_db(transaction=True)


class Slammer:
    """A broker that hangs up on everybody, and counts them."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port, self.callers = self.door.getsockname()[1], 0
        Thread(target=self._answer, daemon=True).start()

    def _answer(self):
        while True:
            try:
                caller, _address = self.door.accept()
            except OSError:  # closed: the test is over
                return
            self.callers += 1
            caller.close()


@pytest.fixture
def slammer():
    slammer = Slammer()
    yield slammer
    slammer.door.shutdown(socket.SHUT_RDWR)
    slammer.door.close()


@pytest.fixture
def app_without_broker(slammer):
    """A Celery app with the product's options whose broker takes no connection."""
    app = Celery("nowhere", broker=f"redis://127.0.0.1:{slammer.port}/0", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    yield app
    app.close()


@pytest.fixture(autouse=True)
def _closed_breaker():
    breaker.open_until = 0.0
    yield
    breaker.open_until = 0.0


@pytest.fixture
def done():
    return []


@pytest.fixture
def note(done):
    def note(what):
        done.append(what)

    return note


@pytest.fixture
def eager_task(note):
    app = Celery("eager", set_as_current=False)
    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    yield app.task(note)
    app.close()


def test_work_waits_for_the_commit(eager_task, done):
    with transaction.atomic():
        enqueue(eager_task, "x")
        assert done == []

    assert done == ["x"]


def test_work_of_a_change_that_never_happened_is_not_done(eager_task, done):
    with transaction.atomic():
        enqueue(eager_task, "x")
        transaction.set_rollback(True)

    assert done == []


def test_a_broker_that_is_away_is_asked_once_and_costs_no_error(app_without_broker, slammer, note, caplog):
    task = app_without_broker.task(note)

    for _time in range(20):
        enqueue(task, "x")

    assert slammer.callers == 1
    assert "Broker is down" in caplog.text
    assert caplog.text.count("Broker was down a moment ago") == 19


def test_a_mistake_of_ours_is_not_mistaken_for_the_brokers(eager_task, done):
    with pytest.raises(TypeError):
        enqueue(eager_task)
