"""Whatever happens, in whatever order: one sync later Stripe, our row, ledger and count are one number.

Hypothesis makes up the stories, the same ones in every `make test`, other ones in every `make chaos`. A story
that fails is made as short as it goes and printed as Python; docs/testing.md tells how to read it.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.core.errors import Refused
from apps.subscriptions.holders import billed_quantity
from apps.subscriptions.metadata import ACTIVE_PRODUCTS, PlanInterval, find_plan, plan_for_slug
from apps.subscriptions.services import cancellation
from apps.subscriptions.services.plan_change import change_plan
from apps.subscriptions.tests.conftest import choose, open_session, signed_in
from apps.subscriptions.tests.own_line import calls_go_over
from apps.subscriptions.tests.seat_world import FATES, MortalLine, SeatWorld
from apps.teams import services
from apps.teams.errors import TeamIsFull
from apps.teams.models import Membership
from apps.teams.roles import Role
from apps.teams.seats import seat_limit
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from stripe_sandbox.pytest_plugin import RUNNING

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]

RUNS = int(os.environ.get("SEAT_MACHINE_RUNS", "40"))
ALWAYS_THE_SAME = 6
STEPS = 25
MOST = 14  # the tiers change at ten

who = st.integers(0, MOST)
fates = st.sampled_from(FATES)
FAILURES: dict[str, dict[str, Any]] = {
    "busy": {"status": 429, "retry_after": 60},
    "broken": {"status": 500},
    "away": {"status": 503},
    "answer lost": {"drop_response": True},
}
PATHS = [
    "*",
    "/v1/subscription_items/*",
    "/v1/subscriptions*",
    "/v1/subscription_schedules*",
    "/v1/customers*",
]


class SeatMachine(RuleBasedStateMachine):
    """A team on Pro, some days into a month, with an owner and two members."""

    world: SeatWorld

    def __init__(self) -> None:
        super().__init__()
        self.world.begin()
        self.told_before_change = 0  # a change of plan sets the quantity itself

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.world.end()

    # --- People come and go ------------------------------------------------------------------------------

    @precondition(lambda self: self.world.count() < MOST)
    @rule(how_many=st.integers(1, 3), fate=fates)
    def people_join(self, how_many: int, fate: str) -> None:
        for _person in range(how_many):
            person = UserFactory(email=self.world.new_name())
            self._comes(services.add_member, self.world.team, person, Role.MEMBER, by=self.world.owner)
        self.world.meet(fate)

    @rule()
    def somebody_switched_off_joins(self) -> None:
        person = UserFactory(email=self.world.new_name(), is_active=False)
        self.world.do(Membership(team=self.world.team, user=person).save)

    @rule(who=who, fate=fates)
    def leaves(self, who: int, fate: str) -> None:
        if found := self._one(self.world.members(active=True), who):
            self.world.do(services.leave_team, self.world.team, by=found.user)
        self.world.meet(fate)

    @rule(who=who, fate=fates)
    def is_removed(self, who: int, fate: str) -> None:
        if found := self._one(self.world.members(active=True) + self.world.members(active=False), who):
            self.world.do(services.remove_member, found, by=self.world.owner)
        self.world.meet(fate)

    @rule(who=who, fate=fates)
    def is_switched_off(self, who: int, fate: str) -> None:
        if found := self._one(self.world.members(active=True), who):
            self._switch(found.user, active=False)
        self.world.meet(fate)

    @precondition(lambda self: self.world.members(active=False))
    @rule(who=who, fate=fates)
    def is_switched_on(self, who: int, fate: str) -> None:
        if found := self._one(self.world.members(active=False), who):
            self._comes(self._save_switched, found.user, active=True)
        self.world.meet(fate)

    @rule(who=who, fate=fates)
    def account_is_deleted(self, who: int, fate: str) -> None:
        if found := self._one(self.world.members(active=True), who):
            self.world.do(found.user.delete)
        self.world.meet(fate)

    @rule(fate=fates)
    def several_are_deleted_at_once(self, fate: str) -> None:
        chosen = [row.pk for row in self.world.members(active=True)[::2]]
        self.world.do(self.world.team.memberships.filter(pk__in=chosen).delete)
        self.world.meet(fate)

    @rule(active=st.booleans())
    def the_owner_is_switched(self, active: bool) -> None:
        self._switch(CustomUser.objects.get(pk=self.world.owner.pk), active=active)

    @rule()
    def somebody_joins_in_a_transaction_that_fails(self) -> None:
        person = UserFactory(email=self.world.new_name())

        @transaction.atomic
        def join_and_fail() -> None:
            services.add_member(self.world.team, person, Role.MEMBER, by=None)
            raise Refused("of what came after")

        self.world.do(join_and_fail)

    # --- Invitations -------------------------------------------------------------------------------------

    @rule(how_many=st.integers(1, 3))
    def people_are_invited(self, how_many: int) -> None:
        names = [self.world.new_name() for _name in range(how_many)]
        self.world.do(services.invite, self.world.team, names, Role.MEMBER, by=self.world.owner)

    @precondition(lambda self: self.world.count() < MOST and self.world.offers())
    @rule(who=who, fate=fates)
    def an_invitation_is_accepted(self, who: int, fate: str) -> None:
        offer = self._one(self.world.offers(), who)
        if offer:
            person = CustomUser.objects.filter(email=offer.email).first() or UserFactory(email=offer.email)
            self._comes(services.accept_invitation, offer, user=person)
        self.world.meet(fate)

    @precondition(lambda self: self.world.offers())
    @rule(who=who)
    def an_invitation_is_revoked(self, who: int) -> None:
        if offer := self._one(self.world.offers(), who):
            self.world.do(services.revoke_invitation, offer, by=self.world.owner)

    # --- The plan ----------------------------------------------------------------------------------------

    @rule(plan=st.sampled_from(["starter", "pro"]), interval=st.sampled_from(list(PlanInterval)))
    def the_plan_is_changed(self, plan: str, interval: PlanInterval) -> None:
        self.told_before_change = len(self.world.told())
        self.world.do(change_plan, self.world.team, plan_for_slug(plan), interval, by=self.world.owner)

    @rule()
    def the_plan_is_cancelled(self) -> None:
        self.world.do(cancellation.cancel_at_period_end, self.world.team, by=self.world.owner)

    @rule()
    def the_plan_is_kept(self) -> None:
        self.world.do(cancellation.resume, self.world.team, by=self.world.owner)

    @rule(room=st.one_of(st.none(), st.integers(-2, 3)))
    def the_limit_is_changed(self, room: int | None) -> None:
        """By a deployment: so many seats more than are taken, or fewer; None: no limit."""
        limit = None if room is None else max(1, self.world.count() + room)
        for number, plan in enumerate(self.world.products):
            if plan.slug == "pro":
                ACTIVE_PRODUCTS[number] = replace(plan, max_seats=limit)

    # --- Machines ----------------------------------------------------------------------------------------

    @precondition(lambda self: self.world.queue)
    @rule(number=who)
    def a_task_runs(self, number: int) -> None:
        self.world.run_task(number)

    @precondition(lambda self: self.world.queue)
    @rule(number=who)
    def a_task_runs_and_is_done(self, number: int) -> None:
        self.world.run_task(number)
        self.world.forget_task(number)

    @precondition(lambda self: self.world.queue)
    @rule(number=who)
    def a_task_is_lost(self, number: int) -> None:
        self.world.forget_task(number)

    @precondition(lambda self: self.world.queue)
    @rule()
    def all_tasks_run(self) -> None:
        self.world.run_all_tasks()

    @rule()
    def the_hourly_run(self) -> None:
        self.world.beat()

    @rule(calls=st.integers(1, 4), after_the_call=st.booleans())
    def whoever_calls_stripe_next_dies(self, calls: int, after_the_call: bool) -> None:
        self.world.line.calls_left, self.world.line.after_the_call = calls, after_the_call

    @rule(
        failure=st.sampled_from(sorted(FAILURES)),
        method=st.sampled_from(["*", "POST", "GET"]),
        path=st.sampled_from(PATHS),
        times=st.integers(1, 3),
    )
    def stripe_fails(self, failure: str, method: str, path: str, times: int) -> None:
        match = {"method": method, "path": path}
        self.world.stripe.faults.add({"match": match, "times": times, **FAILURES[failure]})

    @rule()
    def stripe_is_well(self) -> None:
        self.world.stripe.faults.clear()

    @rule(order=st.integers(0, 5), twice=st.booleans())
    def webhooks_come(self, order: int, twice: bool) -> None:
        self.world.deliver(order, twice=twice)

    @rule(order=st.integers(0, 5))
    def some_webhooks_are_lost(self, order: int) -> None:
        self.world.deliver(order, drop=True)

    @rule(minutes=st.integers(1, 90))
    def minutes_pass(self, minutes: int) -> None:
        self.world.let_pass(timedelta(minutes=minutes))

    @rule(days=st.sampled_from([1, 12, 31]))
    def days_pass(self, days: int) -> None:
        self.world.let_pass(timedelta(days=days))

    @rule()
    def settle(self) -> None:
        """Everything works again: one run, and all numbers are one. Tasks that come later change nothing."""
        self.world.all_is_well_again()
        self.world.deliver()
        self.world.command("process_webhooks")
        self.world.command("sync_subscriptions")
        self._all_is_one_number()
        told = self.world.told()
        self.world.run_all_tasks()
        self._all_is_one_number()
        assert self.world.told() == told

    # --- What always holds -------------------------------------------------------------------------------

    @invariant()
    def the_books_are_right(self) -> None:
        """The ledger has no gap, nobody is told less than one, one call is under way at most."""
        steps = self.world.ledger()
        ends = [steps[0][0] if steps else self.world.count(), *(after for _before, after in steps)]
        assert [before for before, _after in steps] == ends[:-1]
        assert ends[-1] == self.world.count()
        assert all(quantity >= 1 for quantity in self.world.quantities_sent())
        assert sum(sync.told_at is None for sync in self.world.syncs()) <= 1

    def _all_is_one_number(self) -> None:
        row, told = self.world.row(), self.world.told()
        stripe = self.world.at_stripe()
        assert row.status == stripe["status"]
        if not row.is_live:
            return
        (item,) = stripe["items"]["data"]
        plan = find_plan(row.plan_slug)
        assert item["price"]["id"] == row.price_id
        assert item["quantity"] == row.quantity == billed_quantity(self.world.team, plan)
        if row.next_quantity is not None:
            assert row.next_quantity == billed_quantity(self.world.team, find_plan(row.next_plan_slug))
        assert not [sync for sync in self.world.syncs() if sync.told_at is None]
        newest = told[-1] if len(told) > self.told_before_change else None
        if newest and newest.proration_behavior and plan.quantity == "holder":
            assert newest.quantity == row.quantity
        periods = self.world.periods_billed()
        assert len(periods) == len(set(periods)), "A period was billed twice"

    # --- Words ---------------------------------------------------------------------------------------------

    def _one(self, rows: list[Any], number: int) -> Any:
        return rows[number % len(rows)] if rows else None

    def _comes(self, call: Any, *args: Any, **options: Any) -> None:
        """Whoever comes in finds room, and whoever does not is told that there is none."""
        before = self.world.count()
        refusal = self.world.do(call, *args, **options)
        limit, after = seat_limit(self.world.team), self.world.count()
        if after > before:
            assert limit is None or after <= limit
        if isinstance(refusal, TeamIsFull):
            assert limit is not None
            assert before >= limit

    def _switch(self, user: CustomUser, *, active: bool) -> None:
        self.world.do(self._save_switched, user, active=active)

    def _save_switched(self, user: CustomUser, *, active: bool) -> None:
        user.is_active = active
        user.save()


@pytest.fixture
def seat_world(stripe, holder, owner, settings, time_machine):
    settings.STRIPE_CALLS_PER_SECOND = 0  # nobody waits for a turn
    for name in ("first@acme.example", "second@acme.example"):
        services.add_member(holder, UserFactory(email=name), Role.MEMBER, by=owner)
    time_machine.move_to(timezone.now())
    client, line = signed_in(owner), MortalLine(RUNNING.app)
    choose(client, holder, "pro", "month")
    stripe.complete_checkout(open_session(holder))
    with calls_go_over(line):
        world = SeatWorld(stripe, holder, owner, line, time_machine)
        world.queue = []
        world.deliver()
        world.let_pass(timedelta(days=20))
        world.deliver()
        world.run_all_tasks()
        yield SeatWorld(stripe, holder, owner, line, time_machine)


def run(seat_world: SeatWorld, runs: int, otherwise: int) -> None:
    number = int(os.environ.get("SEAT_MACHINE_SEED") or otherwise)
    print(f"SEAT_MACHINE_SEED={number}")  # noqa: T201 - shown with a failure

    class Machine(SeatMachine):
        world = seat_world

    run_state_machine_as_test(
        seed(number)(Machine),
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=False,
        ),
    )


def to_a_year(world: SeatWorld) -> Exception | None:
    return world.do(change_plan, world.team, plan_for_slug("pro"), PlanInterval.YEAR, by=world.owner)


def test_a_change_of_plan_whose_process_died_is_found_by_the_hourly_run(seat_world):
    with seat_world.story():
        seat_world.line.calls_left, seat_world.line.after_the_call = 3, True
        to_a_year(seat_world)
        assert seat_world.at_stripe()["items"]["data"][0]["price"]["recurring"]["interval"] == "year"
        assert seat_world.row().interval == "month"

        seat_world.all_is_well_again()
        seat_world.stripe.pending_deliveries()  # lost
        seat_world.command("sync_subscriptions")

        assert seat_world.row().interval == "year"
        assert not [sync for sync in seat_world.syncs() if sync.told_at is None]


def test_a_renewal_without_news_is_read_back_while_a_dead_worker_still_holds_the_seats(seat_world):
    with seat_world.story():
        seat_world.let_pass(timedelta(days=31))
        seat_world.stripe.pending_deliveries()  # lost
        person = UserFactory(email=seat_world.new_name())
        seat_world.do(services.add_member, seat_world.team, person, Role.MEMBER, by=None)
        seat_world.meet("worker dies before the call")

        seat_world.beat()
        seat_world.run_all_tasks()
        assert seat_world.row().current_period_end > timezone.now()

        seat_world.all_is_well_again()
        seat_world.command("sync_subscriptions")
        assert seat_world.row().quantity == seat_world.count() == 4


def test_any_story_of_a_team_ends_with_one_number(seat_world):
    run(seat_world, RUNS, ALWAYS_THE_SAME)


@pytest.mark.chaos
@pytest.mark.parametrize("half", [1, 2])  # one for each process
def test_a_thousand_stories_end_with_one_number(seat_world, half):
    run(seat_world, 500, random.SystemRandom().randrange(2**32))
