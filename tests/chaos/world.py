"""The product, and a network, workers and a clock that misbehave as a plan says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.core.tests.races import at_once
from apps.subscriptions import sync, tasks
from apps.subscriptions.entitlements import entitlements_for
from apps.subscriptions.holders import holder_model
from apps.subscriptions.mails import outbox
from apps.subscriptions.models import Notice, Subscription, WebhookEvent
from apps.subscriptions.news.subscriptions import NEWS_FOR
from apps.subscriptions.services import seats
from apps.subscriptions.services.reconcile import news
from apps.subscriptions.tests.seat_world import MortalLine, SeatWorld, WorkerDied, _Nowhere
from stripe_sandbox.delivery import Signed, sign
from stripe_sandbox.world import World
from tests.chaos.fates import Fate, Plan
from tests.chaos.stories import Moment, Story, our_endpoint, show

OUR_OWN = ("id", "synced_at")
BAD_DAYS: dict[str, dict[str, Any]] = {
    "finds Stripe busy": {"status": 429, "retry_after": 60, "times": 3},
    "finds Stripe away": {"status": 503, "times": 4},
}


class ChaosLine(MortalLine):
    """Whoever is on the phone may be overtaken, too: `meanwhile` happens before the call of that number."""

    meanwhile: Any = None
    meanwhile_in = 0

    def send(self, request: Any, *args: Any, **options: Any) -> Any:
        if self.meanwhile is not None:
            self.meanwhile_in -= 1
            if self.meanwhile_in <= 0:
                happens, self.meanwhile = self.meanwhile, None
                happens()
        return super().send(request, *args, **options)


class EventWorld(SeatWorld):
    line: ChaosLine

    def __init__(self, stripe: World, holder: Any, owner: Any, line: ChaosLine, clock: Any) -> None:
        super().__init__(stripe, holder, owner, line, clock)
        self.deliveries = 0
        self.coming: list[tuple[dict[str, Any], Fate]] = []

    def post_first_event(self) -> None:
        """The site was connected before any story begins."""
        (product, *_others) = self.stripe.all("product")
        with self.stripe:
            event = self.stripe.emit("product.updated", product, {})
        self.come(event, Fate())

    @contextmanager
    def hear(self, plan: Plan) -> Iterator[None]:
        """One run, from the story's first moment to its end; all is undone afterwards."""
        self.tell = plan.story
        self.begin()
        try:
            mail.outbox.clear()
            self._holders().update(stripe_customer_id=plan.story.customer_id)
            self._live(plan.story, plan)
            yield
        finally:
            self.end()

    def _holders(self) -> Any:
        return holder_model()._default_manager.filter(pk=self.team_id)

    def _live(self, story: Story, plan: Plan) -> None:
        numbered = iter(zip(story.events, plan.fates, strict=True))
        on_their_way: list[tuple[int, dict[str, Any], Fate]] = []
        for number, moment in enumerate(story.moments):
            self.see(moment)
            arrived = [next(numbered) for _event in moment.events]
            on_their_way += [(number + fate.late, event, fate) for event, fate in arrived if not fate.lost]
            due = [(event, fate) for when, event, fate in on_their_way if when <= number]
            on_their_way = [entry for entry in on_their_way if entry[0] > number]
            self.arrive(due)
            self.run_all_tasks()
            self.meet_beat(plan.beats[number])
        self.clock.move_to(story.ends + timedelta(hours=3), tick=False)
        self.arrive([(event, fate) for _when, event, fate in on_their_way])
        self.settle()

    def see(self, moment: Moment) -> None:
        show(self.stripe, moment)
        self.clock.move_to(max(moment.at, timezone.now()), tick=False)

    # --- The network ---------------------------------------------------------------------------------------

    def arrive(self, due: list[tuple[dict[str, Any], Fate]]) -> None:
        """In the order that the jumps make of theirs; copies come after all of them."""
        placed = sorted(enumerate(due), key=lambda entry: entry[0] + entry[1][1].jumps * 1.5)
        self.coming = [entry for _place, entry in placed]
        self.coming += [entry for entry in self.coming for _copy in range(entry[1].copies - 1)]
        while self.coming:
            self.come(*self.coming.pop(0))

    def come(self, event: dict[str, Any], fate: Fate) -> None:
        waiting, self.queue = self.queue, []
        self.post(sign(event, our_endpoint(self.stripe), self.stripe.wall_clock()))
        self.deliveries += 1
        own, self.queue = self.queue, waiting
        self.work_as(fate, own)

    def work_as(self, fate: Fate, own: list[Any]) -> None:
        if fate.worker == "never hears of it":
            return
        if fate.worker == "is busy until the end of the day":
            self.queue += own
            return
        if fate.worker in BAD_DAYS:
            self.stripe.faults.add({"match": {}, **BAD_DAYS[fate.worker]})
        elif "on the phone" in fate.worker:
            self.line.calls_left, self.line.after_the_call = fate.call, "after" in fate.worker
        elif "overtaken" in fate.worker:
            self.line.meanwhile, self.line.meanwhile_in = self.overtake, fate.call
        with self._mortal(fate):
            self._run(own)
        if "comes again" in fate.worker:
            self._run(own)
        self.line.calls_left = self.line.meanwhile = None
        self.stripe.faults.clear()

    def _run(self, tasks_: list[Any]) -> None:
        """These and what they leave behind."""
        waiting, self.queue = self.queue, list(tasks_)
        self.run_all_tasks()
        self.queue = waiting

    def overtake(self) -> None:
        """Somebody is on the phone: the next event comes, and another worker works it meanwhile."""
        if self.coming:
            event, _fate = self.coming.pop(0)
            waiting, self.queue = self.queue, []
            self.come(event, Fate())
            self.queue = waiting

    @contextmanager
    def _mortal(self, fate: Fate) -> Iterator[None]:
        if fate.worker != "dies between two statements":
            yield
            return
        left = fate.statement

        def count_down(execute: Any, sql: str, *rest: Any) -> Any:
            nonlocal left
            if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                left -= 1
                if left == 0:
                    raise WorkerDied
            return execute(sql, *rest)

        with connection.execute_wrapper(count_down):
            yield

    # --- Several senders -------------------------------------------------------------------------------

    def hear_at_once(self, plan: Plan, senders: int) -> None:
        """The same with real threads and commits: what is due is dealt to so many who send it together."""
        self._holders().update(stripe_customer_id=plan.story.customer_id)
        self.tell, self.queue = plan.story, []
        numbered = iter(zip(plan.story.events, plan.fates, strict=True))
        on_their_way: list[tuple[int, dict[str, Any]]] = []
        for number, moment in enumerate(plan.story.moments):
            self.see(moment)
            for event, fate in [next(numbered) for _event in moment.events]:
                on_their_way += [(number + fate.late, event)] * (0 if fate.lost else fate.copies)
            self._send_together([event for when, event in on_their_way if when <= number], senders)
            on_their_way = [entry for entry in on_their_way if entry[0] > number]
        self.clock.move_to(plan.story.ends + timedelta(hours=3), tick=False)
        self._send_together([event for _when, event in on_their_way], senders)
        self.settle()

    def _send_together(self, events: list[dict[str, Any]], senders: int) -> None:
        """Round the table; one that is answered with an error is sent again later, as Stripe does."""
        endpoint, now = our_endpoint(self.stripe), self.stripe.wall_clock()
        signed = [sign(event, endpoint, now) for event in events]
        for _try in range(5):
            hands = [signed[place::senders] for place in range(senders)]
            refused = at_once(*(partial(send_all, hand) for hand in hands))
            signed = [one for part in refused for one in part]
            self.deliveries += sum(len(hand) for hand in hands)
            if not signed:
                return

    def forget(self) -> None:
        """What a story left in the database."""
        Subscription.objects.filter(holder=self.team_id).delete()
        Notice.objects.all().delete()
        WebhookEvent.objects.exclude(type="product.updated").delete()
        self.line.calls_left = self.line.meanwhile = None

    # --- Beat --------------------------------------------------------------------------------------------

    def meet_beat(self, who: str) -> None:
        if who == "the sweeper":
            self.sweep()
        elif who == "the sweeper, an hour later":
            self.clock.shift(timedelta(hours=1))
            self.sweep()
        elif who == "the hourly run":
            self.beat()
            self.run_all_tasks()
        elif who == "the daily run":
            self._work(tasks.tell_daily_news, ())
            self.run_all_tasks()

    def sweep(self) -> None:
        self._work(tasks.sweep_inbox, ())
        self.run_all_tasks()

    def settle(self) -> None:
        """All works again: what waits is swept up, and one reconcile finds what nobody told."""
        self.run_all_tasks()
        for _try in range(4):
            if WebhookEvent.objects.filter(processed_at=None).exists():
                self.clock.shift(timedelta(minutes=20))
                self.sweep()
        self.clock.move_to(self.tell.ends + timedelta(hours=6), tick=False)
        self.reconcile()
        self._work(tasks.tell_daily_news, ())
        self.run_all_tasks()

    def reconcile(self) -> None:
        """A difference that a person has to decide on is one, and no failure."""
        with suppress(SystemExit), self._noting_what_is_left():
            call_command("reconcile_subscriptions", fix=True, stdout=_Nowhere(), stderr=_Nowhere())
        self.run_all_tasks()

    # --- What there is to see ----------------------------------------------------------------------------

    @property
    def holder(self) -> Any:
        return self._holders().get()

    def rows(self) -> dict[str, dict[str, Any]]:
        found = Subscription.objects.filter(holder=self.team_id).values()
        return {row["stripe_id"]: {**row, **dict.fromkeys(OUR_OWN)} for row in found}

    def access(self) -> dict[str, Any]:
        return dict(entitlements_for(self.holder).explain().data)

    def notices(self) -> dict[str, Notice]:
        """All but those about the machinery itself (events that wait, a sweeper that is silent)."""
        return {notice.key: notice for notice in Notice.objects.exclude(holder=None)}

    def is_missed(self, notice: Notice) -> bool:
        """Whether a mail that the clean run promised should have been promised here, too.

        Not if nothing of it is true any more, by its own words. Not if Stripe has forgotten its event, or if
        it tells of an end that may have been found when that was no news any more.
        """
        age = timezone.now() - notice.created_at
        if age > news.REACH or (notice.kind == Notice.Kind.PLAN_ENDED and age > NEWS_FOR):
            return False
        notice.holder = self.holder
        return outbox._mail(notice) is not None

    def seats_agree(self) -> bool:
        """Stripe, row and count are one number, wherever seats are billed; and none wait to be told."""
        if seats.holders_to_sync().filter(pk=self.team_id).exists():
            return False
        row = Subscription.objects.filter(holder=self.team_id, is_current=True).first()
        if row is None or not sync.bills_by_quantity(row):
            return True
        (item,) = self.stripe.find_any(row.stripe_id)["items"]["data"]
        return bool(item["quantity"] == row.quantity == max(1, self.holder.get_quantity()))


def send_all(signed: list[Signed]) -> list[Signed]:
    """Answers those that were not taken."""
    return [one for one in signed if send(one) >= 300]


def send(signed: Signed) -> int:
    headers = {name: value for name, value in signed.headers.items() if name != "Content-Type"}
    client = Client(raise_request_exception=False)
    answer = client.post(signed.path, signed.body, content_type="application/json", headers=headers)
    return int(answer.status_code)
