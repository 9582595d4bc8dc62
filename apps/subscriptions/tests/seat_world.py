"""One team and everything between it and Stripe that may go wrong: tasks, workers, the network, the clock.

Nothing of the product is patched. What a transaction leaves for after its commit is taken to a queue instead
of being run, so that a story may run it late, twice or never. A worker dies in Stripe's transport, before or
after Stripe got the call, with an exception that no code of ours catches, as with a kill.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from celery import Task
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client, TestCase
from django.utils import timezone

from apps.core.errors import Refused
from apps.core.prepared_task import PreparedTask
from apps.subscriptions import metadata, tasks
from apps.subscriptions.errors import BillingError
from apps.subscriptions.models import SeatChange, SeatSync, Subscription
from apps.teams.models import Invitation, Team
from apps.users.models import CustomUser
from stripe_sandbox.delivery import Signed
from stripe_sandbox.photograph import begin_again, photograph
from stripe_sandbox.transport import InProcess
from stripe_sandbox.world import World

TASKS = (Task, PreparedTask)


class WorkerDied(BaseException):
    """No `except Exception` sees it."""


class MortalLine(InProcess):
    """The way to Stripe of somebody who may die on the phone."""

    calls_left: int | None = None
    after_the_call = False

    def send(self, request: Any, *args: Any, **options: Any) -> Any:
        dies = self._is_the_last()
        if dies and not self.after_the_call:
            raise WorkerDied
        answer = super().send(request, *args, **options)
        if dies:
            raise WorkerDied
        return answer

    def _is_the_last(self) -> bool:
        if self.calls_left is None:
            return False
        self.calls_left -= 1
        if self.calls_left > 0:
            return False
        self.calls_left = None
        return True


# What may become of a task: (calls to Stripe until its worker dies, whether Stripe gets the last one).
DEATHS = {
    "worker dies before the call": (1, False),
    "worker dies after the call": (1, True),
    "worker dies at the second call": (2, False),
}
BAD_ANSWERS: dict[str, dict[str, Any]] = {
    "answer lost": {"drop_response": True, "times": 3},
    "Stripe is busy": {"status": 429, "retry_after": 60},
    "Stripe is away": {"status": 503, "times": 3},
}
FATES = ["waits", "runs", "lost", *DEATHS, *BAD_ANSWERS]


class SeatWorld:
    """`begin` and `end` a story as often as you like: each starts where the world was made."""

    def __init__(self, stripe: World, team: Team, owner: CustomUser, line: MortalLine, clock: Any) -> None:
        self.stripe, self.team_id, self.owner, self.line, self.clock = stripe, team.pk, owner, line, clock
        self.photo, self.began = photograph(stripe), timezone.now()
        self.products = list(metadata.ACTIVE_PRODUCTS)

    def begin(self) -> None:
        self.queue: list[tuple[Task, tuple[Any, ...]]] = []
        self.names = 0
        self.story = transaction.atomic()
        self.story.__enter__()
        cache.clear()
        self.clock.move_to(self.began)
        begin_again(self.stripe, self.photo)

    def end(self) -> None:
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)
        metadata.ACTIVE_PRODUCTS[:] = self.products
        self.line.calls_left = None
        self.clock.move_to(self.began)

    @contextmanager
    def story(self) -> Iterator[None]:
        """One that is told by hand."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    # --- People and workers ------------------------------------------------------------------------------

    def do(self, call: Callable[..., Any], *args: Any, **options: Any) -> Exception | None:
        """One request or script: what it is refused with, None when it went well, or it died."""
        with self._noting_what_is_left():
            try:
                call(*args, **options)
            except (Refused, BillingError) as refusal:
                return refusal
            except WorkerDied:
                return None
        return None

    def run_task(self, number: int) -> None:
        """The task at this place of the queue, as a worker runs it that is given no later try."""
        if self.queue:
            self._work(*self.queue[number % len(self.queue)])

    def forget_task(self, number: int) -> None:
        if self.queue:
            del self.queue[number % len(self.queue)]

    def run_all_tasks(self) -> None:
        """Each to its end and off the queue, with those they leave behind."""
        for _turn in range(200):
            if not self.queue:
                return
            self._work(*self.queue.pop(0))
        raise AssertionError(f"Tasks without end: {self.queue}")

    def meet(self, fate: str) -> None:
        """What becomes of the tasks that wait."""
        if fate == "lost":
            self.queue.clear()
        elif fate in DEATHS:
            self.line.calls_left, self.line.after_the_call = DEATHS[fate]
        elif fate in BAD_ANSWERS:
            self.stripe.faults.add({"match": {"method": "POST"}, **BAD_ANSWERS[fate]})
        if fate not in ("waits", "lost"):
            self.run_all_tasks()

    def beat(self) -> None:
        """The hourly run, by a worker: it hands out chunks."""
        self._work(tasks.sync_subscriptions, ())

    def command(self, name: str) -> None:
        """As an operator runs it. A failure goes up."""
        with self._noting_what_is_left():
            call_command(name, verbosity=0, stdout=_Nowhere(), stderr=_Nowhere())

    def _work(self, task: Task, args: tuple[Any, ...]) -> None:
        with self._noting_what_is_left():
            task.push_request(is_eager=False, called_directly=False, retries=task.max_retries or 0)
            try:
                task.run(*args)
            except (BillingError, WorkerDied):
                """Stripe had a bad day, or the worker: what is left is for the hourly run."""
            finally:
                task.pop_request()

    @contextmanager
    def _noting_what_is_left(self) -> Iterator[None]:
        with TestCase.captureOnCommitCallbacks(execute=False) as left:
            yield
        for callback in left:
            self._take(callback)

    def _take(self, callback: Any) -> None:
        if isinstance(callback, partial) and callback.args and isinstance(callback.args[0], TASKS):
            task, args = callback.args[:2]
            task = task.task if isinstance(task, PreparedTask) else task
            if task.name.startswith("apps.subscriptions."):  # mails of teams are another story
                self.queue.append((task, args))
        else:
            self.do(callback)

    # --- Stripe and the way to it ------------------------------------------------------------------------

    def deliver(self, order: int = 0, drop: bool = False, twice: bool = False) -> None:
        """What Stripe has to tell, in an order of chance (0: as it happened), some of it lost for ever."""
        chance, waiting = random.Random(order), self.stripe.pending_deliveries()
        if order:
            chance.shuffle(waiting)
        for signed in waiting:
            if not (drop and chance.random() < 0.5):
                self.post(signed)
                if twice:
                    self.post(signed)

    def post(self, signed: Signed) -> None:
        headers = {name: value for name, value in signed.headers.items() if name != "Content-Type"}
        with self._noting_what_is_left():
            answer = Client().post(
                "/stripe/webhook/", signed.body, content_type="application/json", headers=headers
            )
        assert answer.status_code == 200

    def let_pass(self, time: timedelta) -> None:
        """On both clocks. What falls due at Stripe happens there."""
        self.clock.shift(time)
        self.stripe.advance(0)

    def all_is_well_again(self) -> None:
        """No faults, nobody dies, and whoever died holds nothing any more."""
        self.stripe.faults.clear()
        self.line.calls_left = None
        self.let_pass(timedelta(minutes=4))

    # --- What there is to see ----------------------------------------------------------------------------

    @property
    def team(self) -> Team:
        """As stored now."""
        return Team.objects.get(pk=self.team_id)

    def new_name(self) -> str:
        self.names += 1
        return f"person{self.names}@acme.example"

    def members(self, *, active: bool) -> list[Any]:
        rows = self.team.memberships.exclude(user=self.owner).filter(user__is_active=active)
        return list(rows.select_related("user").order_by("user__email"))

    def offers(self) -> list[Invitation]:
        return list(self.team.invitations.open().order_by("email"))

    def count(self) -> int:
        return self.team.active_members.count()

    def ledger(self) -> list[tuple[int, int]]:
        rows = SeatChange.objects.filter(holder=self.team_id).order_by("pk")
        return list(rows.values_list("before", "after"))

    def syncs(self) -> list[SeatSync]:
        return list(SeatSync.objects.filter(holder=self.team_id).order_by("pk"))

    def told(self) -> list[SeatSync]:
        return [sync for sync in self.syncs() if sync.told_at]

    def row(self) -> Subscription:
        return Subscription.objects.get(holder=self.team_id, is_current=True)

    def at_stripe(self) -> dict[str, Any]:
        return self.stripe.render(self.stripe.find_any(self.row().stripe_id))

    def quantities_sent(self) -> list[int]:
        """Every quantity in every request so far, wherever it stood."""
        sent = [call["params"] for call in self.stripe.requests.since(0) if call["method"] == "POST"]
        return [int(quantity) for params in sent for quantity in _quantities(params)]

    def periods_billed(self) -> list[tuple[Any, ...]]:
        """(price, start, end) of the plan itself, prorations aside: once for each invoice that counts.

        A graduated price has a line for each tier that is reached.
        """
        invoices = [row for row in self.stripe.all("invoice") if row["status"] != "void"]
        return [period for row in invoices for period in set(self._periods_of(row))]

    def _periods_of(self, invoice: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        for line in self.stripe.render(invoice)["lines"]["data"]:
            if not (line["parent"]["subscription_item_details"] or {}).get("proration", True):
                yield (line["pricing"]["price_details"]["price"], *line["period"].values())


def _quantities(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "quantity":
                yield inner
            else:
                yield from _quantities(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _quantities(inner)


class _Nowhere:
    def write(self, text: str) -> None:
        """Commands print; stories look at what they did."""
