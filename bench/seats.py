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
from bench.shop import Shop
from stripe_sandbox.pytest_plugin import RUNNING

TEAMS, CHANGED, CALLS_PER_SECOND = 100_000, 1_000, 50


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
    tell(f"\nThe hourly run: {TEAMS:,} teams, {CHANGED:,} changed, {seat_run.WORKERS} workers")
    crowd = seat_run.Crowd(shop.world, TEAMS, CHANGED)
    crowd.settle(shop.subscription.price_id)
    crowd.join()
    _tell_selection(runner)
    with seat_run.workers(RUNNING.url, calls_per_second=CALLS_PER_SECOND) as workers:
        _tell_baselines(crowd, tell)
        _all_told(crowd, workers, runner)
        _second_hour(crowd, workers, tell)
        _with_a_worker_killed(crowd, workers, tell)
    shop.world.pending_deliveries()


def _tell_selection(runner: Runner) -> None:
    tell = runner.tell
    milliseconds, plan = seat_run.selection()
    assert "team_waits_for_sync" in plan, plan
    of = f"{CHANGED:,} changed of {TEAMS:,} teams"
    found = Figure(f"{of}: found", rounded(milliseconds), "ms", target="below 50")
    runner.keep(found, f"  found by index in {milliseconds:.1f} ms:")
    for line in plan.splitlines():
        tell(f"    {line}")


def _tell_baselines(crowd: seat_run.Crowd, tell: Callable[[str], object]) -> None:
    key: Any = {"api_key": settings.STRIPE_TEST_SECRET_KEY}
    bare = seat_run.rate_of(lambda: stripe.SubscriptionItem.modify(crowd.items[0], quantity=1, **key))
    tell(f"  beside: the limiter alone {seat_run.bare_turns():.1f} turns/s (set to {CALLS_PER_SECOND});")
    tell(f"          bare calls to the sandbox, one after the other, in its process {bare:.0f}/s")


def _all_told(crowd: seat_run.Crowd, workers: seat_run.Workers, runner: Runner) -> None:
    tell = runner.tell
    since = crowd.world.requests.count
    workers.begin_the_hour()
    outcome = seat_run.watch(crowd, workers, since=since)
    assert outcome.calls == dict.fromkeys(crowd.items, 1), "each item once"
    assert crowd.world.requests.count - since == CHANGED, "and no other call"
    assert crowd.at_stripe() == {2}
    assert SeatSync.objects.exclude(told_at=None).count() >= CHANGED
    rate = beside("calls by two workers", outcome.rate, "calls/s", "the limit", CALLS_PER_SECOND)
    grown = (outcome.memory_after - outcome.memory_before) / 1024
    tell(f"  {CHANGED:,} changed: {sum(outcome.calls.values()):,} calls in {outcome.seconds:.1f} s,")
    runner.keep(rate, f"          {outcome.rate:.1f}/s = {outcome.rate / CALLS_PER_SECOND:.0%} of the limit")
    memory = Figure("memory of the workers, from a tenth of it to the end", rounded(grown), "MiB more")
    runner.keep(
        memory, f"          memory of the workers grown by {grown:.1f} MiB from a tenth of it to the end"
    )


def _second_hour(crowd: seat_run.Crowd, workers: seat_run.Workers, tell: Callable[[str], object]) -> None:
    since = crowd.world.requests.count
    workers.begin_the_hour()
    seat_run.wait_until_quiet(crowd)
    assert crowd.world.requests.count == since
    tell("  the next hour: 0 calls")


def _with_a_worker_killed(
    crowd: seat_run.Crowd, workers: seat_run.Workers, tell: Callable[[str], object]
) -> None:
    crowd.leave()
    since, before = crowd.world.requests.count, SeatSync.objects.exclude(told_at=None).count()
    workers.begin_the_hour()
    outcome = seat_run.watch(crowd, workers, since=since, kill_at=CHANGED // 3)
    left = seat_run.forget_claims()
    workers.begin_the_hour()
    seat_run.watch(crowd, workers, since=since)
    calls = sum(crowd.asked(since).values())
    assert crowd.at_stripe() == {1}
    assert SeatSync.objects.exclude(told_at=None).count() - before == CHANGED, "each told once"
    assert CHANGED <= calls <= CHANGED + 1, "one may have been under way"
    done = sum(outcome.calls.values())
    tell(f"  a worker killed after {CHANGED // 3}: the other one went on to {done}, {left} left open;")
    tell(f"          after the next hour all {CHANGED:,} are told, {calls:,} calls")
