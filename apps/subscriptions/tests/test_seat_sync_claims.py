"""One change, one call: whoever else is at it, whoever dies over it, whatever answer gets lost."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.core.tests.races import at_once
from apps.subscriptions import sync, tasks
from apps.subscriptions.doctor.at_stripe import AtStripe
from apps.subscriptions.doctor.subscribers import check_seats
from apps.subscriptions.errors import SeatsUnderWay, StripeRefused, StripeUnavailable
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import SeatSync, Subscription
from apps.subscriptions.services import seats
from apps.subscriptions.tests.conftest import choose, committed, current, open_session, seats_at_stripe
from apps.subscriptions.tests.test_overtaken import just_before
from apps.subscriptions.tests.test_seats import change_quantity_at_stripe, quantity_calls
from apps.subscriptions.tests.worker import a_worker
from apps.teams.tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]
ITEMS = {"method": "POST", "path": "/v1/subscription_items/*"}


@pytest.fixture
def team(holder, buy):
    """On Pro for one; two people are in it by now, and Stripe has not heard."""
    buy(holder, "pro")
    MembershipFactory(team=holder)
    return holder


def claim_of_another(team: Any, *, quantity: int = 2, ends_in: float = 60) -> SeatSync:
    return SeatSync.objects.create(
        holder=team,
        subscription_stripe_id=current(team).stripe_id,
        quantity=quantity,
        proration_behavior="create_prorations",
        claimed_until=timezone.now() + timedelta(seconds=ends_in),
    )


def asked(stripe: Any) -> list[str]:
    return [call["params"]["quantity"] for call in quantity_calls(stripe)]


def told(team: Any) -> list[int]:
    rows = SeatSync.objects.filter(holder=team).order_by("pk")
    assert all(row.told_at and row.claimed_until is None for row in rows)
    return [row.quantity for row in rows]


def test_one_change_is_one_request_to_stripe(stripe, team):
    before = stripe.requests.count

    seats.match_seats(team)

    assert stripe.requests.count - before == 1
    assert (asked(stripe), told(team), current(team).quantity) == (["2"], [2], 2)


def test_while_another_worker_is_at_it_nobody_else_calls(stripe, team):
    claim_of_another(team)

    with pytest.raises(SeatsUnderWay) as error:
        seats.match_seats(team)

    assert 55 < error.value.retry_after <= 61
    assert asked(stripe) == []


def test_the_task_comes_back_when_the_other_ones_time_is_up(stripe, team):
    row = claim_of_another(team)
    with a_worker() as worker:
        tasks.match_seats.delay(str(team.pk))
        worker.take()[0].run()
        (again,) = worker.take()
        assert (again.name, again.retries) == ("match_seats", 1)
        assert again.eta is not None

        SeatSync.objects.filter(pk=row.pk).update(claimed_until=timezone.now())  # it was dead
        again.run()

    assert (asked(stripe), told(team)) == (["2"], [2])


def test_the_command_leaves_it_to_the_worker_and_does_not_fail(stripe, team):
    claim_of_another(team)
    out = StringIO()

    call_command("sync_subscriptions", stdout=out)

    assert f"Left to the worker that is at it: holder {team.pk}" in out.getvalue()
    assert asked(stripe) == []


def test_who_died_before_the_call_left_nothing_behind(stripe, team):
    claim_of_another(team, ends_in=-1)

    seats.match_seats(team)

    assert (asked(stripe), told(team)) == (["2"], [2])


def test_who_died_after_the_call_needs_no_second_one(stripe, team):
    dead = claim_of_another(team, ends_in=-1)
    change_quantity_at_stripe(stripe, team, 2)
    before = len(asked(stripe))

    seats.match_seats(team)

    assert len(asked(stripe)) == before
    assert told(team) == [2]
    assert SeatSync.objects.get(pk=dead.pk).told_at is not None
    assert current(team).quantity == 2


def test_what_a_dead_worker_told_is_told_even_if_the_count_moved_on(stripe, team):
    claim_of_another(team, ends_in=-1)
    change_quantity_at_stripe(stripe, team, 2)
    MembershipFactory(team=team)
    before = len(asked(stripe))

    seats.match_seats(team)

    assert asked(stripe)[before:] == ["3"]
    assert told(team) == [2, 3]


def test_an_answer_that_gets_lost_is_looked_up_not_told_again(stripe, team):
    stripe.faults.add({"match": ITEMS, "times": 3, "drop_response": True})
    with pytest.raises(StripeUnavailable):
        seats.match_seats(team)
    row = SeatSync.objects.get(holder=team)
    assert row.told_at is None
    assert row.claimed_until <= timezone.now()
    tries = len(asked(stripe))

    seats.match_seats(team)

    assert len(asked(stripe)) == tries
    assert told(team) == [2]
    assert seats_at_stripe(stripe, team) == 2


def test_a_call_that_never_reached_stripe_is_made_by_the_next_one(stripe, team):
    stripe.faults.add({"match": ITEMS, "times": 3, "status": 503})
    with pytest.raises(StripeUnavailable):
        seats.match_seats(team)

    seats.match_seats(team)

    assert told(team) == [2]
    assert seats_at_stripe(stripe, team) == 2


def test_they_left_again_before_the_next_try_and_nothing_is_left_open(stripe, team):
    stripe.faults.add({"match": ITEMS, "times": 3, "status": 503})
    with pytest.raises(StripeUnavailable):
        seats.match_seats(team)
    team.memberships.exclude(role="owner").get().delete()

    seats.match_seats(team)

    assert told(team) == []
    assert seats_at_stripe(stripe, team) == 1
    assert not seats.waits_for_sync(holder_model()._default_manager.get(pk=team.pk))


class Killed(BaseException):
    pass


def killed() -> None:
    raise Killed


@pytest.mark.parametrize(
    ("statement", "table", "has"),
    [("INSERT", SeatSync, ""), ("UPDATE", Subscription, '"quantity"'), ("UPDATE", SeatSync, '"told_at" =')],
)
def test_killed_at_any_moment_it_ends_right_with_one_call(stripe, team, statement, table, has):
    with just_before(statement, table, killed, has), pytest.raises(Killed):
        seats.match_seats(team)
    SeatSync.objects.filter(told_at=None).update(claimed_until=timezone.now())  # minutes pass

    seats.match_seats(team)

    assert (asked(stripe), told(team), current(team).quantity) == (["2"], [2], 2)


def test_who_was_taken_for_dead_and_calls_after_all_still_stands_in_the_ledger(stripe, team):
    """Three minutes went by before the call left; another worker had asked by then, and forgotten our row."""
    others = SeatSync.objects.filter(holder=team)

    with just_before("UPDATE", Subscription, others.delete, '"quantity"'):
        seats.match_seats(team)

    assert (asked(stripe), told(team)) == (["2"], [2])
    assert others.get().stripe_request_id.startswith("req_")


def test_who_comes_during_the_call_is_counted_after_it(stripe, team):
    with just_before("INSERT", SeatSync, lambda: MembershipFactory(team=team)):
        seats.match_seats(team)

    assert (asked(stripe), told(team)) == (["2", "3"], [2, 3])


def test_what_somebody_faster_wrote_is_not_overwritten_with_our_older_answer(stripe, team):
    """Stripe answers us, its dashboard sets another number, and that one's webhook is worked first."""

    def overtake(execute: Any, sql: str, *args: Any) -> Any:
        if asked(stripe) == ["2"] and sql.startswith("SELECT") and "sync_version" in sql:
            change_quantity_at_stripe(stripe, team, 9)
            sync.sync_customer(current(team).stripe_customer_id)
        return execute(sql, *args)

    with connection.execute_wrapper(overtake):
        seats.match_seats(team)

    assert asked(stripe) == ["2", "9", "2"]
    assert current(team).quantity == seats_at_stripe(stripe, team) == 2


def test_an_item_that_is_no_longer_there_is_looked_for(stripe, team):
    Subscription.objects.filter(holder=team).update(plan_item_id="si_gone")

    seats.match_seats(team)

    assert told(team) == [2]
    assert seats_at_stripe(stripe, team) == 2


def test_a_price_that_changed_unheard_is_read_back_with_the_answer(stripe, team, api):
    row = current(team)
    year = api.prices.list({"lookup_keys": ["pro-year"]}).data[0].id
    api.subscriptions.update(row.stripe_id, {"items": [{"id": row.plan_item_id, "price": year}]})

    seats.match_seats(team)

    assert told(team) == [2]
    assert (current(team).price_id, current(team).interval, current(team).quantity) == (year, "year", 2)


def test_a_subscription_that_ended_unheard_is_left_alone(stripe, team, api):
    api.subscriptions.cancel(current(team).stripe_id)

    seats.match_seats(team)

    assert told(team) == []
    assert current(team).status == "canceled"


def test_what_stripe_refuses_is_not_asked_for_again_and_again(stripe, team, caplog):
    stripe.faults.add({"match": ITEMS, "times": None, "status": 400})
    with a_worker() as worker:
        tasks.match_seats.delay(str(team.pk))
        worker.go_on()

    assert len(asked(stripe)) == 1
    assert "left to the hourly sync" in caplog.text
    assert "req_" in caplog.text
    assert SeatSync.objects.get(holder=team).told_at is None
    assert seats.waits_for_sync(holder_model()._default_manager.get(pk=team.pk))
    with pytest.raises(StripeRefused):
        seats.match_seats(team)
    assert SeatSync.objects.filter(holder=team).count() == 1


def test_the_doctor_says_whose_seats_stripe_does_not_take(stripe, team):
    (finding,) = check_seats(AtStripe())
    assert finding.level == "ok"
    stripe.faults.add({"match": ITEMS, "times": None, "status": 400})
    with pytest.raises(StripeRefused):
        seats.match_seats(team)

    (finding,) = check_seats(AtStripe())

    assert finding.level == "warn"
    assert str(team.pk) in finding.text


def test_asked_to_wait_it_waits_that_long(stripe, team):
    stripe.faults.add({"match": ITEMS, "times": 1, "status": 429, "retry_after": 40})
    with a_worker() as worker:
        tasks.match_seats.delay(str(team.pk))
        (first,) = worker.take()
        first.run()
        (again,) = worker.take()

        wait = timezone.datetime.fromisoformat(again.eta) - timezone.now()
        assert timedelta(seconds=38) < wait <= timedelta(seconds=50)
        again.run()

    assert told(team) == [2]


@pytest.mark.parametrize("times", [0, 1, 2])
def test_the_webhook_that_follows_changes_nothing_however_often_it_comes(
    stripe, team, deliver_webhooks, times
):
    seats.match_seats(team)
    before = len(asked(stripe))

    for _time in range(times):
        deliver_webhooks()

    assert len(asked(stripe)) == before
    assert current(team).quantity == seats_at_stripe(stripe, team) == 2


def test_a_payment_that_fails_over_the_new_seat_is_heard_of_by_webhook(stripe, holder, buy, deliver_webhooks):
    buy(holder, "pro", "year")
    stripe.advance(20 * 86400)
    deliver_webhooks()
    stripe.decline_next_renewal(current(holder).stripe_customer_id)

    with committed():
        MembershipFactory(team=holder)
    assert (current(holder).status, current(holder).quantity) == ("active", 2)
    deliver_webhooks()

    assert current(holder).status == "past_due"
    assert current(holder).past_due_since is not None


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_the_same_moment_make_one_call(stripe, holder, owner, client):
    client.force_login(owner)
    choose(client, holder, "pro")
    stripe.complete_checkout(open_session(holder))
    stripe.pending_deliveries()
    sync.sync_customer(holder_model().objects.get(pk=holder.pk).stripe_customer_id)
    with a_worker():
        MembershipFactory(team=holder)

    def work() -> None:
        with suppress(SeatsUnderWay):
            seats.match_seats(holder)

    at_once(*[work] * 4)

    assert (asked(stripe), told(holder)) == (["2"], [2])
    assert current(holder).quantity == seats_at_stripe(stripe, holder) == 2
