"""Beat's scheduler in this process, with Redis for its lock; tests/outages has whole beats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config.beat import OneAtATimeScheduler
from config.celery import app

pytestmark = [
    pytest.mark.django_db(transaction=True),  # beat closes the connection of an open one
    pytest.mark.skipif(not settings.REDIS_URL, reason="beat needs a broker"),
]


@pytest.fixture
def beat() -> Iterator[OneAtATimeScheduler]:
    scheduler = OneAtATimeScheduler(app=app)
    yield scheduler
    scheduler.close()


@pytest.fixture
def due() -> PeriodicTask:
    """The only one whose time has come; the product's own were made a moment ago."""
    hourly = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.HOURS)
    return PeriodicTask.objects.create(
        name="hourly-and-due",
        task="apps.subscriptions.tasks.prune_webhook_events",
        interval=hourly,
        last_run_at=timezone.now() - timedelta(hours=2),
    )


def times_sent(beat: OneAtATimeScheduler, task: PeriodicTask) -> int:
    beat.sync()
    task.refresh_from_db()
    return task.total_run_count


def test_what_is_due_first_is_sent_once(due: PeriodicTask, beat: OneAtATimeScheduler) -> None:
    for _ in range(4):
        beat.tick()

    assert times_sent(beat, due) == 1


def test_a_change_of_the_tasks_sends_nothing_again(due: PeriodicTask, beat: OneAtATimeScheduler) -> None:
    beat.tick()
    due.refresh_from_db()
    due.description = "changed in the admin"
    due.save()

    for _ in range(4):
        beat.tick()

    assert times_sent(beat, due) == 1
