"""A change of seats, and the hourly run over many teams by real workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from apps.subscriptions import stripe_api
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import SeatSync, Subscription
from apps.subscriptions.services import seats
from apps.teams.models import Team
from bench import seat_run
from bench.results import Figure, beside, rounded
from bench.runner import Runner
from bench.seat_crowd import Crowd
from bench.shop import Shop
from stripe_sandbox.pytest_plugin import RUNNING

SIZES = (1_000, 10_000, 100_000)  # teams
CHANGED, FEW, CALLS_PER_SECOND = 1_000, 100, 50


def run(runner: Runner, shop: Shop) -> None:
    runner.heading("Seats: one holder's, told to Stripe")
    row = Subscription.objects.get(pk=shop.subscription.pk)

    def off() -> tuple[Any]:
        """Our row believes another quantity than is counted."""
        Subscription.objects.filter(pk=row.pk).update(quantity=99)
        return (shop.holder,)

    bare = runner.measure("Stripe's call alone", lambda: _bare_call(row))
    runner.measure("claimed, told, written down, counted again", seats.match_seats, prepare=off, beside=bare)
    runner.measure("nothing to tell", lambda: seats.match_seats(shop.holder), beside=bare)
    shop.world.pending_deliveries()
    if _workers_would_see_it():
        by_workers(shop, runner)


def _bare_call(row: Subscription) -> None:
    stripe_api.subscriptions.set_quantity(
        row.plan_item_id, row.quantity or 1, proration_behavior="create_prorations"
    )


def _workers_would_see_it() -> bool:
    """Other processes see what is committed; a hundred thousand teams are a matter for PostgreSQL."""
    committed = connection.vendor == "postgresql" and not connection.in_atomic_block
    return committed and holder_model() is Team


def by_workers(shop: Shop, runner: Runner) -> None:
    tell = runner.tell
    tell(f"\nThe hourly run: {CHANGED:,} changed teams, {seat_run.WORKERS} workers")
    crowd = _crowd(shop, runner)
    with seat_run.workers(RUNNING.url, calls_per_second=0) as workers:
        _many_and_few(crowd, workers, runner)
    with seat_run.workers(RUNNING.url, calls_per_second=CALLS_PER_SECOND) as workers:
        _tell_baselines(crowd, tell)
        _within_the_limit(crowd, workers, runner)
        _second_hour(crowd, workers, tell)
        _with_a_worker_killed(crowd, workers, tell)
    shop.world.pending_deliveries()


def _crowd(shop: Shop, runner: Runner) -> Crowd:
    """All that change are among the first thousand: the others only stand in the way."""
    crowd = Crowd(shop.world, CHANGED)
    for teams in SIZES:
        crowd.settle(shop.subscription.price_id, teams)
        if teams == SIZES[0]:
            crowd.join()
        _tell_selection(runner, teams)
    return crowd


def _tell_selection(runner: Runner, teams: int) -> None:
    milliseconds, plan = seat_run.selection()
    of = f"{CHANGED:,} changed of {teams:,} teams"
    found = Figure(f"{of}: found", rounded(milliseconds), "ms", target="below 50")
    runner.keep(found, f"  {of}: found in {milliseconds:.1f} ms")
    if teams == SIZES[-1]:
        assert "team_waits_for_sync" in plan, plan
        for line in plan.splitlines():
            runner.tell(f"    {line}")


def _many_and_few(crowd: Crowd, workers: seat_run.Workers, runner: Runner) -> None:
    """Without a limit: ten times the changes take ten times the time, among the same hundred thousand."""
    many = _told(crowd, workers, CHANGED)
    crowd.leave(FEW)
    few = _told(crowd, workers, FEW)
    crowd.join(FEW)
    _told(crowd, workers, FEW)
    runner.keep(
        beside(f"{CHANGED:,} changed, no limit", many.rate, "calls/s", f"{FEW} changed", few.rate),
        f"  no limit: {many.rate:.0f} calls/s when {CHANGED:,} have changed, {few.rate:.0f} when {FEW} have",
    )
    grown = (many.memory_after - many.memory_before) / 1024
    runner.keep(
        Figure("memory of the workers, from a tenth of it to the end", rounded(grown), "MiB more"),
        f"          memory of the workers grown by {grown:.1f} MiB from a tenth of it to the end",
    )


def _told(crowd: Crowd, workers: seat_run.Workers, changed: int) -> seat_run.Outcome:
    """The run of one hour; each changed item is set once, and nothing else is asked."""
    since = crowd.world.requests.count
    workers.begin_the_hour()
    outcome = seat_run.watch(crowd, workers, since=since, wanted=changed)
    assert outcome.calls == dict.fromkeys(crowd.items[:changed], 1), "each item once"
    assert crowd.world.requests.count - since == changed, "and no other call"
    return outcome


def _tell_baselines(crowd: Crowd, tell: Callable[[str], object]) -> None:
    key: Any = {"api_key": settings.STRIPE_TEST_SECRET_KEY}
    bare = seat_run.rate_of(lambda: stripe.SubscriptionItem.modify(crowd.items[0], quantity=2, **key))
    tell(f"  beside: the limiter alone {seat_run.bare_turns():.1f} turns/s (set to {CALLS_PER_SECOND});")
    tell(f"          bare calls to the sandbox, one after the other, in its process {bare:.0f}/s")


def _within_the_limit(crowd: Crowd, workers: seat_run.Workers, runner: Runner) -> None:
    crowd.leave()
    outcome = _told(crowd, workers, CHANGED)
    assert crowd.at_stripe() == {1}
    assert SeatSync.objects.exclude(told_at=None).count() >= CHANGED
    rate = beside("calls by two workers", outcome.rate, "calls/s", "the limit", CALLS_PER_SECOND)
    runner.tell(f"  {CHANGED:,} changed: {sum(outcome.calls.values()):,} calls in {outcome.seconds:.1f} s,")
    runner.keep(rate, f"          {outcome.rate:.1f}/s = {outcome.rate / CALLS_PER_SECOND:.0%} of the limit")


def _second_hour(crowd: Crowd, workers: seat_run.Workers, tell: Callable[[str], object]) -> None:
    since = crowd.world.requests.count
    workers.begin_the_hour()
    seat_run.wait_until_quiet(crowd)
    assert crowd.world.requests.count == since
    tell("  the next hour: 0 calls")


def _with_a_worker_killed(crowd: Crowd, workers: seat_run.Workers, tell: Callable[[str], object]) -> None:
    crowd.join()
    since, before = crowd.world.requests.count, SeatSync.objects.exclude(told_at=None).count()
    workers.begin_the_hour()
    outcome = seat_run.watch(crowd, workers, since=since, kill_at=CHANGED // 3)
    left = seat_run.forget_claims()
    workers.begin_the_hour()
    seat_run.watch(crowd, workers, since=since)
    calls = sum(crowd.asked(since).values())
    assert crowd.at_stripe() == {2}
    assert SeatSync.objects.exclude(told_at=None).count() - before == CHANGED, "each told once"
    assert CHANGED <= calls <= CHANGED + 1, "one may have been under way"
    done = sum(outcome.calls.values())
    tell(f"  a worker killed after {CHANGED // 3}: the other one went on to {done}, {left} left open;")
    tell(f"          after the next hour all {CHANGED:,} are told, {calls:,} calls")
