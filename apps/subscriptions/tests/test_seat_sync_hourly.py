"""The hourly run: handed out in chunks, twice at once, killed in the middle, on Stripe's bad days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.subscriptions import tasks
from apps.subscriptions.gateway import BudgetedClient
from apps.subscriptions.models import SeatSync, Subscription
from apps.subscriptions.services import seats, upkeep
from apps.subscriptions.tests.conftest import current, seats_at_stripe
from apps.subscriptions.tests.test_seats import quantity_calls
from apps.subscriptions.tests.worker import a_worker
from apps.teams.models import Team
from apps.teams.tests.factories import MembershipFactory, TeamFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]


@pytest.fixture
def three(stripe, holder, buy, api):
    """Three teams on Pro with one more person than Stripe knows of, and nobody told."""
    row = buy(holder, "pro")
    teams = [holder, TeamFactory(), TeamFactory()]
    for team in teams[1:]:
        subscribe(api, team, row)
    for team in teams:
        MembershipFactory(team=team)
    return teams


def subscribe(api: Any, team: Any, like: Subscription) -> None:
    customer = api.customers.create({"metadata": {"djstripe_subscriber": str(team.pk)}})
    made = api.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": like.price_id, "quantity": 1}],
            "trial_period_days": 14,
        }
    )
    Team.objects.filter(pk=team.pk).update(stripe_customer_id=customer.id)
    like = Subscription.objects.get(pk=like.pk)
    like.pk, like.holder = None, team
    like.stripe_id, like.stripe_customer_id = made.id, customer.id
    like.plan_item_id = made["items"]["data"][0]["id"]
    like.save()


def asked(stripe: Any) -> list[str]:
    return sorted(call["path"].rpartition("/")[2] for call in quantity_calls(stripe))


def items(teams: list[Any]) -> list[str]:
    return sorted(current(team).plan_item_id for team in teams)


@pytest.fixture(autouse=True)
def hasty_client(monkeypatch):
    """Between the tries of one call it waits for no time."""
    monkeypatch.setattr(BudgetedClient, "_sleep_time_seconds", lambda client, num_retries: 0)


@pytest.fixture
def worker(three):
    with a_worker() as worker:
        yield worker


def test_it_hands_out_chunks_and_each_holder_is_one_call(stripe, three, worker, monkeypatch):
    monkeypatch.setattr(upkeep, "CHUNK", 2)
    tasks.sync_subscriptions.delay()

    done = worker.go_on()

    assert [(one.name, len(one.args[1])) for one in done if one.name == "put_right"] == [
        ("put_right", 2),
        ("put_right", 1),
    ]
    assert asked(stripe) == items(three)
    assert [seats_at_stripe(stripe, team) for team in three] == [2, 2, 2]


def test_two_beats_and_a_chunk_delivered_twice_make_no_second_call(stripe, three, worker):
    tasks.sync_subscriptions.delay()
    tasks.sync_subscriptions.delay()
    for beat in worker.take():
        beat.run()
    chunks = worker.take()

    for chunk in [*chunks, *chunks]:
        chunk.run()

    assert len(chunks) == 2
    assert asked(stripe) == items(three)
    tasks.sync_subscriptions.delay()
    assert [one.name for one in worker.go_on()] == ["sync_subscriptions"]


def test_who_was_read_back_meanwhile_is_not_read_again(stripe, three, worker):
    silent = current(three[0])
    Subscription.objects.filter(pk=silent.pk).update(current_period_end=timezone.now())
    tasks.sync_subscriptions.delay()
    worker.take()[0].run()
    chunk = next(one for one in worker.take() if silent.stripe_customer_id in one.args[1])
    chunk.run()
    before = stripe.requests.count

    chunk.run()

    assert stripe.requests.count == before > 0


def test_what_does_not_fit_into_a_tasks_time_is_handed_on(stripe, three, worker, monkeypatch):
    monkeypatch.setattr(tasks, "CHUNK_SECONDS", 0)
    tasks.sync_subscriptions.delay()

    done = worker.go_on()

    assert [len(one.args[1]) for one in done if one.name == "put_right"] == [3, 2, 1]
    assert asked(stripe) == items(three)


def test_with_stripe_away_a_chunk_goes_on_later_where_it_stopped(stripe, three, worker):
    tasks.sync_subscriptions.delay()
    worker.take()[0].run()
    (chunk,) = worker.take()
    stripe.faults.add(
        {"match": {"path": f"/v1/subscription_items/{items(three)[1]}"}, "times": 3, "status": 500}
    )
    chunk.run()

    (rest,) = worker.take()
    assert rest.retries == 1
    assert 1 <= len(rest.args[1]) <= 3
    rest.run()

    assert [seats_at_stripe(stripe, team) for team in three] == [2, 2, 2]
    assert SeatSync.objects.filter(told_at=None).count() == 0


@pytest.mark.parametrize("number_of_bad", [1, 2])
def test_those_that_fail_for_ever_hold_nobody_up(stripe, three, worker, number_of_bad):
    for bad in items(three)[:number_of_bad]:
        fails_for_ever(stripe, bad)
    tasks.sync_subscriptions.delay()

    done = worker.go_on()

    assert max(one.retries for one in done) == 5
    told = [seats_at_stripe(stripe, team) for team in three]
    assert (told.count(1), told.count(2)) == (number_of_bad, 3 - number_of_bad)


def test_more_that_fail_for_ever_than_there_are_tries_hold_nobody_up(stripe, three, api, worker):
    *bad, good = [*three, *(one_more(api, three[0]) for _ in range(5))]
    for team in bad:
        fails_for_ever(stripe, current(team).plan_item_id)
    tasks.put_right.delay("holder", [str(team.pk) for team in [*bad, good]])

    worker.go_on()

    assert seats_at_stripe(stripe, good) == 2


def test_with_stripe_away_for_all_a_try_asks_for_a_few_of_them(stripe, three, api, worker):
    teams = [*three, one_more(api, three[0])]
    fails_for_ever(stripe, "*")
    tasks.put_right.delay("holder", [str(team.pk) for team in teams])

    worker.take()[0].run()

    (later,) = worker.take()
    assert set(asked(stripe)) == set(items(teams[:3]))
    assert later.args == ["holder", [str(team.pk) for team in [teams[3], *teams[:3]]]]
    assert later.retries == 1


def one_more(api: Any, like: Any) -> Any:
    team = TeamFactory()
    subscribe(api, team, current(like))
    MembershipFactory(team=team)
    return team


def fails_for_ever(stripe: Any, item: str) -> None:
    stripe.faults.add({"match": {"path": f"/v1/subscription_items/{item}"}, "times": None, "status": 500})


def test_a_holder_somebody_is_at_is_looked_at_when_that_ones_time_is_up(stripe, three, worker):
    row = SeatSync.objects.create(
        holder=three[0],
        subscription_stripe_id=current(three[0]).stripe_id,
        quantity=2,
        proration_behavior="create_prorations",
        claimed_until=timezone.now() + timedelta(seconds=90),
    )
    tasks.sync_subscriptions.delay()
    worker.take()[0].run()
    worker.take()[0].run()
    assert asked(stripe) == items(three[1:])

    (later,) = worker.take()
    assert (later.name, later.args) == ("match_seats", [str(three[0].pk)])
    SeatSync.objects.filter(pk=row.pk).update(claimed_until=timezone.now())
    later.run()

    assert asked(stripe) == items(three)


MANY, CHANGED = 20_000, 50


def test_the_few_that_changed_are_found_by_index():
    now = timezone.now()
    made = [
        Team(
            name=f"Team {n}",
            slug=f"many-{n}",
            billing_details_last_changed=now,
            last_synced_with_stripe=now - timedelta(days=1) if n < CHANGED else now,
        )
        for n in range(MANY)
    ]
    Team.objects.bulk_create(made, batch_size=2_000)
    Subscription.objects.bulk_create(
        [
            Subscription(
                holder=team,
                stripe_id=f"sub_{n}",
                status="active",
                is_current=True,
                created=now,
                synced_at=now,
            )
            for n, team in enumerate(made)
        ],
        batch_size=2_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    waiting = upkeep.CHORES["holder"].waiting().values_list("pk", flat=True)

    assert "team_waits_for_sync" in waiting.explain()
    assert len(list(waiting)) == CHANGED
    assert "team_waits_for_sync" in seats.holders_to_sync().explain()
