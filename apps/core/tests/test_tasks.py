"""Handing work to a broker that may be away."""

import time

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction

from apps.core.tasks import breaker, enqueue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app_without_broker():
    """A Celery app with the product's options whose broker refuses every connection."""
    app = Celery("nowhere", broker="redis://127.0.0.1:1/0", set_as_current=False)
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


def test_a_broker_that_is_away_costs_milliseconds_and_no_error(app_without_broker, note, caplog):
    task = app_without_broker.task(note)

    start = time.monotonic()
    for _time in range(20):
        enqueue(task, "x")

    assert time.monotonic() - start < 1.5
    assert "Broker is down" in caplog.text
    assert caplog.text.count("Broker was down a moment ago") == 19


def test_a_mistake_of_ours_is_not_mistaken_for_the_brokers(eager_task, done):
    with pytest.raises(TypeError):
        enqueue(eager_task)
