"""One comparison of everything. One at a time; what was seen is kept, whatever becomes of the rest."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.subscriptions import call_rate, inbox
from apps.subscriptions.error_texts import clean_error
from apps.subscriptions.errors import BillingError, StripeUnavailable
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import Drift, ReconcileRun
from apps.subscriptions.patience import AWAY, Patience
from apps.subscriptions.services import upkeep
from apps.subscriptions.services.reconcile import account, billing, book, catalogue, look, news
from apps.subscriptions.services.reconcile.findings import Finding
from apps.subscriptions.services.reconcile.kinds import KINDS, Mending, Stage
from apps.subscriptions.services.reconcile.mend import try_to_mend

logger = logging.getLogger(__name__)

DEAD_AFTER = timedelta(minutes=10)  # without a sign of life
NIGHTLY = "nightly run"
BY_COMMAND = "reconcile_subscriptions --fix"


class UnderWay(BillingError):
    """Another run is at it, or died less than DEAD_AFTER ago."""


def reconcile(mending: frozenset[Mending] = frozenset(), *, how: str = BY_COMMAND) -> ReconcileRun:
    """Compare everything at Stripe with everything here, write down what differs, mend what may be.

    The run's `error` says why it did not come to its end: then it closed nothing it did not look at. Raises
    UnderWay.
    """
    run = _begin()
    with call_rate.paced(), call_rate.counted() as calls:
        try:
            _Reconciling(run, mending, how).work()
        except BillingError as error:
            run.error = clean_error(error.in_a_line)
        except Exception as error:
            logger.exception("Reconcile stopped")
            run.error = clean_error(f"{type(error).__name__}: {error}")
        run.calls = len(calls)
    run.finished_at, run.running = timezone.now(), None
    run.save()
    return run


def _begin() -> ReconcileRun:
    """Two at once: the second one raises UnderWay. One that died is taken for over."""
    dead = ReconcileRun.objects.filter(running=True, alive_at__lt=timezone.now() - DEAD_AFTER)
    dead.update(running=None, error="It died on the way: no sign of life for ten minutes")
    try:
        with transaction.atomic():
            return ReconcileRun.objects.create()
    except IntegrityError as error:
        raise UnderWay("Another comparison is under way") from error


class _Reconciling:
    def __init__(self, run: ReconcileRun, mending: frozenset[Mending], how: str) -> None:
        self.run, self.mending, self.how = run, mending, how
        self.seen: dict[tuple[str, str], Drift] = {}
        self.moving: set[tuple[str, str]] = set()  # another difference at the second look
        self.waiting: set[str] = set()  # customers about whom nothing can be said: their news wait
        self.left: StripeUnavailable | None = None  # why something was left to the next run

    def work(self) -> None:
        account.refuse_other()
        self._stage(Stage.CATALOGUE, catalogue.compare, lambda finding: catalogue.look_at(*finding.key))
        # The Portal offers what the catalogue has.
        self._stage(Stage.ACCOUNT, account.compare, lambda finding: account.compare())
        self._billing()
        if self.left is not None:
            raise self.left

    def _stage(
        self,
        stage: Stage,
        compare: Callable[[], Iterable[Finding]],
        look_again: Callable[[Finding], Iterable[Finding]],
    ) -> None:
        found = list(compare())
        if found:
            time.sleep(settings.RECONCILE_PATIENCE_SECONDS)
        for finding in found:
            self._alive()
            self._note(self._lasting([finding], look_again(finding)))
        self._over(stage)

    def _billing(self) -> None:
        walked = billing.Pass(self._alive)
        billing.walk(walked)
        self.run.holders = len(walked.customers | walked.suspects.keys())  # by the list, or singly
        self.run.not_ours = walked.not_ours
        first = {customer_id: found for customer_id in walked.suspects if (found := self._look(customer_id))}
        if first and settings.RECONCILE_PATIENCE_SECONDS:
            time.sleep(settings.RECONCILE_PATIENCE_SECONDS)
            first = {id: self._lasting(found, self._look(id)) for id, found in first.items()}
        for found in first.values():
            self._note(found)
        if Mending.BY_ITSELF in self.mending:
            self._catch_up()
            self._look_at_those_who_waited()
        self._over(Stage.BILLING)

    def _catch_up(self) -> None:
        """What was on its way and got lost: events, and seats that somebody was about to tell."""
        self._alive()
        news.fetch_lost_news(news.REACH_BY_NIGHT if self.how == NIGHTLY else news.REACH, self._alive)
        self._each(inbox.work_all(), itemgetter(1))
        seats = upkeep.CHORES["holder"]
        self._each(seats.keys(), partial(upkeep.put_right, seats))

    def _each(self, items: Iterable[Any], work: Callable[[Any], Exception | None]) -> None:
        """`work` answers what went wrong. Whoever comes after several for whom Stripe is away is left."""
        patience = Patience()
        for item in items:
            self._alive()
            error = work(item)
            patience.note(error)
            if patience.is_over:
                self.left = StripeUnavailable(f"{AWAY} The rest is left to the next run. {error}")
                return

    def _look_at_those_who_waited(self) -> None:
        """Their news are worked now; what has failed again keeps them waiting."""
        waited, self.waiting = self.waiting, set()
        for customer_id in waited:
            self._note(self._look(customer_id))

    def _look(self, customer_id: str) -> list[Finding]:
        self._alive()
        found = look.look_at(customer_id)
        if look.news_wait(customer_id):
            self.waiting.add(customer_id)
            return []
        return found

    def _lasting(self, first: Iterable[Finding], again: Iterable[Finding]) -> list[Finding]:
        """What did not move between two looks: news that were on their way have come."""
        again, keys = list(again), {finding.key for finding in first}
        lasting = [finding for finding in again if any(finding.is_as(former) for former in first)]
        self.moving |= (keys & {finding.key for finding in again}) - {finding.key for finding in lasting}
        return lasting

    def _note(self, found: Iterable[Finding]) -> None:
        for finding in found:
            if finding.key not in self.seen:
                with suppress(holder_model().DoesNotExist):  # deleted meanwhile, and its customer with it
                    self.seen[finding.key] = book.note(finding)
                    self.run.found += 1

    def _over(self, stage: Stage) -> None:
        """All of the stage was looked at: what is gone is closed, what may be mended is."""
        book.close_unseen(stage, self.seen.keys() | self.moving, but_of=self.waiting)
        kinds = [name for name, kind in KINDS.items() if kind.stage == stage and kind.mending in self.mending]
        self._each([drift for drift in self.seen.values() if drift.kind in kinds], self._mend)

    def _mend(self, drift: Drift) -> Exception | None:
        error = try_to_mend(drift, by=None, how=self.how)
        if error is None:
            self.run.mended += 1
            if not drift.mended_by:  # by the news that we have just heard
                book.credit(drift, mended_by=self.how)
        return error

    def _alive(self) -> None:
        self.run.alive_at = timezone.now()
        if not ReconcileRun.objects.filter(pk=self.run.pk, running=True).update(alive_at=self.run.alive_at):
            raise UnderWay("Another comparison took this one for dead: it had slept for ten minutes")
