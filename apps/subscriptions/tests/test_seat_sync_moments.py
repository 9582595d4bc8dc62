"""Many changes in a few seconds are one call; none of them waits for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.subscriptions import tasks
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import SeatSync
from apps.subscriptions.services import seats
from apps.subscriptions.tests.conftest import committed, current, seats_at_stripe
from apps.subscriptions.tests.test_seats import quantity_calls
from apps.subscriptions.tests.worker import a_worker
from apps.teams.tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]


@pytest.fixture
def pro_team(holder, buy):
    buy(holder, "pro")
    return holder


@pytest.fixture
def worker(pro_team):
    with a_worker() as worker:
        yield worker


def join(team):
    with committed():
        return MembershipFactory(team=team)


def test_whoever_comes_is_told_of_some_seconds_later(worker, pro_team, settings):
    settings.SEAT_SYNC_QUIET_SECONDS = 3
    join(pro_team)

    (waiting,) = worker.take()

    assert waiting.name == "match_seats"
    assert waiting.args == [str(pro_team.pk), seats.newest_change(pro_team)]
    later = datetime.fromisoformat(waiting.eta) - datetime.now(UTC)
    assert timedelta(seconds=1) < later <= timedelta(seconds=3)


def test_five_who_come_and_two_who_leave_in_a_few_seconds_are_one_call(stripe, worker, pro_team):
    newcomers = []
    for _second in range(5):
        before = worker.take()
        newcomers.append(join(pro_team))
        for waiting in before:  # its time has come, and somebody else came meanwhile
            waiting.run()
    for newcomer in newcomers[:2]:
        with committed():
            newcomer.delete()

    worker.go_on()

    assert [call["params"]["quantity"] for call in quantity_calls(stripe)] == ["4"]
    assert SeatSync.objects.get(holder=pro_team).covers_changes_to == seats.newest_change(pro_team)


def test_a_steady_stream_does_not_put_the_call_off_for_ever(stripe, worker, pro_team, time_machine, settings):
    settings.SEAT_SYNC_LONGEST_WAIT_SECONDS = 15
    began = timezone.now()
    told = []
    for second in range(0, 40, 2):  # nobody is ever quiet for three seconds
        time_machine.move_to(began + timedelta(seconds=second))
        before = worker.take()
        join(pro_team)
        for waiting in before:
            waiting.run()
        told.append(len(quantity_calls(stripe)))

    assert told[6] == 0
    assert told[-1] == 2


def test_a_task_that_gets_lost_is_made_up_for_by_the_hourly_run(stripe, worker, pro_team):
    join(pro_team)
    worker.take()  # the broker restarts

    tasks.sync_subscriptions()

    assert seats_at_stripe(stripe, pro_team) == 2


def test_the_last_task_alone_acts_even_when_a_machines_clock_is_behind(
    stripe, worker, pro_team, time_machine
):
    join(pro_team)
    join(pro_team)
    time_machine.move_to(timezone.now() - timedelta(minutes=2))

    worker.go_on()

    assert [call["params"]["quantity"] for call in quantity_calls(stripe)] == ["3"]


def test_without_a_broker_there_is_no_later_and_it_is_told_at_once(stripe, pro_team):
    join(pro_team)

    assert seats_at_stripe(stripe, pro_team) == 2
    assert current(pro_team).quantity == 2
    assert not seats.waits_for_sync(holder_model()._default_manager.get(pk=pro_team.pk))


def test_a_buyers_own_call_names_no_change_and_acts(stripe, worker, pro_team):
    join(pro_team)
    worker.take()

    tasks.match_seats.delay(str(pro_team.pk))
    worker.go_on()

    assert seats_at_stripe(stripe, pro_team) == 2
