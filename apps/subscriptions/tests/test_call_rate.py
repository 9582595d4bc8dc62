"""The hourly run never asks Stripe for more in a second than it may, however many take part."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.cache import RedisOrMemoryCache
from apps.subscriptions import call_rate, stripe_api
from apps.subscriptions.errors import StripeUnavailable


class Clock:
    """Moves when somebody sleeps, and as long as the test says between calls."""

    def __init__(self, at: float = 1_000_000.3) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.at += seconds

    def turn(self) -> int:
        """The second in which this call was made."""
        call_rate.wait_for_turn(now=self.now, sleep=self.sleep)
        return int(self.at)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(1, 7),
    pauses=st.lists(st.floats(0, 1.5), min_size=1, max_size=60),
    start=st.integers(1_000_000, 9_000_000),
)
def test_never_more_in_any_second_than_may_be(django_settings, limit, pauses, start):
    cache.clear()
    django_settings.STRIPE_CALLS_PER_SECOND = limit
    clock, made = Clock(start + 0.5), Counter()
    for pause in pauses:
        clock.at += pause
        made[clock.turn()] += 1

    assert max(made.values()) <= limit


@pytest.fixture
def django_settings(settings):
    return settings


def test_a_second_that_is_not_full_costs_no_waiting(settings):
    settings.STRIPE_CALLS_PER_SECOND = 3
    clock = Clock()

    assert [clock.turn() for _ in range(3)] == [1_000_000] * 3
    assert clock.at == 1_000_000.3
    assert clock.turn() == 1_000_001


def test_two_workers_share_one_count(settings):
    settings.STRIPE_CALLS_PER_SECOND = 4
    one, other = Clock(), Clock()
    made = Counter(worker.turn() for _ in range(5) for worker in (one, other))

    assert made == {1_000_000: 4, 1_000_001: 4, 1_000_002: 2}


def test_without_a_limit_nobody_waits(settings):
    settings.STRIPE_CALLS_PER_SECOND = 0
    clock = Clock()

    assert {clock.turn() for _ in range(500)} == {1_000_000}


def test_nobody_waits_for_ever_when_others_take_every_turn(settings):
    settings.STRIPE_CALLS_PER_SECOND = 1
    others, clock = Clock(), Clock()
    for _second in range(60):
        others.turn()

    with pytest.raises(StripeUnavailable, match="No turn"):
        clock.turn()

    assert clock.at - 1_000_000.3 < 33


def test_with_redis_away_each_process_counts_for_itself(settings, monkeypatch):
    settings.STRIPE_CALLS_PER_SECOND = 2
    away = RedisOrMemoryCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    monkeypatch.setattr(call_rate, "cache", away)
    clock = Clock(2_000_000.5)

    assert [clock.turn() for _ in range(3)] == [2_000_000, 2_000_000, 2_000_001]


@pytest.mark.django_db
def test_only_what_is_paced_takes_a_turn(stripe, settings):
    settings.STRIPE_CALLS_PER_SECOND = 1_000
    began = int(time.time())
    stripe_api.prices.list_all()
    assert turns_since(began) == 0

    before = stripe.requests.count
    with call_rate.paced():
        stripe_api.prices.list_all()

    assert turns_since(began) == stripe.requests.count - before


def turns_since(second: int) -> int:
    seconds = range(second, int(time.time()) + 1)
    return sum(cache.get(f"stripe-calls:{second}", 0) for second in seconds)


def test_people_take_no_turn_of_the_hourly_run_and_do_not_wait_for_one(time_machine, settings):
    time_machine.move_to(1_000_000, tick=False)
    settings.STRIPE_CALLS_PER_SECOND = 20

    with call_rate.paced():
        call_rate.before_call()
    for _call in range(5):
        call_rate.before_call()
    with call_rate.paced():
        call_rate.before_call()

    assert cache.get("stripe-calls:1000000") == 2
