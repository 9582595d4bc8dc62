"""Two beats and two workers. One beat works; were it both, each thing is asked for twice, done once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tests.outages.due_work import DueWork
from tests.outages.town import Town, until

pytestmark = [pytest.mark.slow, pytest.mark.team_holder]

SENT = "Sending due task"
# django-celery-beat's own: as ours is when it stood still for longer than its lease, and goes on.
WITHOUT_A_LOCK = "--scheduler=django_celery_beat.schedulers:DatabaseScheduler"


def sent_by(town: Town, name: str, since: int) -> int:
    return len(town.said(SENT, by=name, since=since))


def test_of_two_beats_one_works_and_the_other_takes_over(town: Town) -> None:
    began = len(town.log)
    first = town.beat("beat-one")
    until(lambda: sent_by(town, "beat-one", began), "the first works")
    second = town.beat("beat-two")
    until(lambda: town.said("This beat waits", by="beat-two", since=began), "the second waits")
    so_far = sent_by(town, "beat-one", began)
    until(lambda: sent_by(town, "beat-one", began) > so_far + 30, "the first goes on")
    assert not sent_by(town, "beat-two", began)

    town.kill(first)

    until(lambda: sent_by(town, "beat-two", began), "the second takes over")
    assert second.exit_code is None


def test_a_beat_that_is_ended_hands_over_at_once(town: Town) -> None:
    began = len(town.log)
    beat = town.beat("beat-one")
    until(lambda: sent_by(town, "beat-one", began), "it works")

    town.stop(beat)

    assert town.redis().get("beat") is None


def test_whoever_takes_over_sends_nothing_again(town: Town) -> None:
    """What it read at its start is old by then; what was sent since stands in the database."""
    began = len(town.log)
    town.redis().set("beat", "somebody else's")
    due = hourly_and_due()
    beats = {name: town.beat(name) for name in ("beat-one", "beat-two")}
    until(lambda: len(town.said("This beat waits", since=began)) == 2, "both have read what is due")
    town.redis().delete("beat")
    until(lambda: town.said(due.name, since=began), "one of them has sent it")
    (winner,) = [name for name in beats if town.said(due.name, by=name, since=began)]
    (other,) = beats.keys() - {winner}

    town.stop(beats[winner])
    until(lambda: sent_by(town, other, began) > 10, "the other works")

    due.delete()
    assert len(town.said("hourly-and-due", since=began)) == 1


def hourly_and_due() -> PeriodicTask:
    hourly, _made = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.HOURS)
    return PeriodicTask.objects.create(
        name="hourly-and-due",
        task="apps.subscriptions.tasks.prune_webhook_events",
        interval=hourly,
        last_run_at=timezone.now() - timedelta(hours=2),
    )


def test_two_beats_and_two_workers(town: Town) -> None:
    for name in ("one", "two"):
        town.worker(f"worker-{name}")
        town.beat(f"beat-{name}", WITHOUT_A_LOCK)
    work = DueWork(town)

    work.happens()
    until(lambda: not work.left(), "all is done")

    for name in ("beat-one", "beat-two"):
        until(lambda name=name: len(town.said("Sending due task", by=name)) > 20, f"{name} goes on")
    work.each_effect_came_once()
    assert not town.mail.doubled()
