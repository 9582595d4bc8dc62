"""The hourly run by real workers, one of which is killed in the middle. `make bench ONLY=seats` is larger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from djstripe.models import Price

from apps.subscriptions.models import SeatSync, Subscription
from apps.subscriptions.services import seats
from bench import seat_run
from bench.seat_crowd import Crowd
from stripe_sandbox.pytest_plugin import RUNNING
from stripe_sandbox.world import World

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.team_holder]

TEAMS, CHANGED, CALLS_PER_SECOND = 300, 60, 20


@pytest.fixture
def crowd(stripe: World) -> Crowd:
    crowd = Crowd(stripe, CHANGED)
    crowd.settle(Price.objects.get(lookup_key="pro-month").id, TEAMS)
    crowd.join()
    return crowd


@pytest.fixture
def workers() -> Iterator[seat_run.Workers]:
    with seat_run.workers(RUNNING.url, calls_per_second=CALLS_PER_SECOND) as workers:
        yield workers


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    crowd: Crowd, workers: seat_run.Workers
) -> None:
    made_ready = crowd.world.requests.count
    workers.begin_the_hour()
    seat_run.watch(crowd, workers, since=made_ready, kill_at=CHANGED // 4)
    assert seats.holders_to_sync().exists(), "it was killed in the middle"

    seat_run.forget_claims()
    workers.begin_the_hour()
    seat_run.watch(crowd, workers, since=made_ready)
    seat_run.wait_until_quiet(crowd)  # what the dead one left is read back first, which makes calls, too

    calls = crowd.asked()
    assert set(calls) == set(crowd.items)
    assert CHANGED <= sum(calls.values()) <= CHANGED + 1  # one may have been under way
    assert crowd.at_stripe() == {2}
    assert not SeatSync.objects.filter(told_at=None).exists()
    assert SeatSync.objects.count() == CHANGED
    assert Subscription.objects.filter(quantity=2).count() == CHANGED
    assert not seats.holders_to_sync().exists()
