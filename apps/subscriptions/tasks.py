"""Thin Celery tasks: ids in, one call, a retry policy. Every one may run twice."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable

from celery import Task, shared_task
from django.conf import settings

from apps.core.billing import SubscriptionModelBase
from apps.core.tasks import enqueue
from apps.subscriptions import call_rate, growth, inbox, pruning
from apps.subscriptions.errors import BillingError, SeatsUnderWay, StripeRefused, StripeUnavailable
from apps.subscriptions.holders import holder_model
from apps.subscriptions.mails.tasks import send_notice, send_waiting_notices  # noqa: F401 - for Celery to find
from apps.subscriptions.models import Drift
from apps.subscriptions.news import alerts, daily
from apps.subscriptions.patience import Patience
from apps.subscriptions.services import cancellation, checkout, customers, replay, seats, upkeep
from apps.subscriptions.services.reconcile import (
    DEAD_AFTER,
    UnderWay,
    leave_unmended,
    reconcile_nightly,
    try_to_mend,
    was_just_done,
)
from apps.users.models import CustomUser

logger = logging.getLogger(__name__)

CHUNK_SECONDS = 20.0  # a worker that is asked to end ends its chunk first: docker-compose.yml waits for it
RECONCILE_SECONDS = 3 * 60 * 60.0  # a limit of its own: 100,000 holders are 2,000 calls


@shared_task(bind=True, max_retries=6)
def process_events(self: Task, customer_id: str, event_id: str) -> None:
    """Work a customer's waiting events, or the one event that names no customer.

    Called in the request itself (no broker), a failure goes up: the webhook answers 500 and Stripe retries.
    """
    try:
        holder = inbox.work(customer_id, event_id)
        if holder is not None and seats.waits_for_sync(holder):
            newest = seats.newest_change(holder)
            enqueue(match_seats, str(holder.pk), newest, countdown=settings.SEAT_SYNC_QUIET_SECONDS)
    except Exception as error:  # noqa: BLE001 - noted on the rows; tried again whatever it was
        _retry_or_raise(self, error)


@shared_task
def sweep_inbox() -> None:
    """Find what waits: its task was lost, or its next attempt is due. Tells if it is much."""
    seen = set()
    for row in inbox.due_events().defer("payload")[:1000]:
        key = row.customer_id or row.event_id
        if key not in seen:
            seen.add(key)
            inbox.postpone(row)
            enqueue(process_events, row.customer_id, row.event_id)
    alerts.look()


@shared_task(bind=True, max_retries=5)
def replay_events(self: Task, numbers: list[int]) -> None:
    """Rows of the inbox that staff want worked again; many are handed on in chunks."""
    if len(numbers) > replay.CHUNK:
        for chunk in replay.chunked(numbers, replay.CHUNK):
            enqueue(replay_events, chunk)
        return
    for customer_id, event_id in replay.make_due(numbers):
        enqueue(process_events, customer_id, event_id)
    try:
        replay.read_back(numbers)
    except BillingError as error:
        _retry_or_leave(self, error)


@shared_task(bind=True, max_retries=5)
def match_seats(self: Task, holder_id: str, change_id: int = 0) -> None:
    """Tell Stripe how many seats there are now. For a change in the ledger: unless a newer one will."""

    def match(holder: SubscriptionModelBase) -> None:
        if _has_no_later(self) or seats.is_the_moment(holder, change_id):
            seats.match_seats(holder)

    _for_holder(self, holder_id, match)


@shared_task(bind=True, max_retries=5)
def go_on_after_pause(self: Task, holder_id: str) -> None:
    """A card has come while the plan rests at the end of its trial."""
    _for_holder(self, holder_id, cancellation.go_on_with_new_card)


@shared_task(bind=True, max_retries=5)
def expire_open_checkout(self: Task, holder_id: str) -> None:
    """Somebody came to a subscription by another way than the payment page that is still open."""
    _for_holder(self, holder_id, checkout.expire_open_checkout)


@shared_task(bind=True)
def sync_subscriptions(self: Task) -> None:
    """Hand out what waits, in chunks. Twice at once: whoever comes second to a holder finds nothing to do."""
    if _has_no_later(self):
        for _done in upkeep.sync_all():
            pass  # failures are logged and tried again next hour
        return
    for chore, keys in upkeep.chunks():
        enqueue(put_right, chore, keys)


@shared_task
def note_revenue() -> None:
    """At the end of the day. Twice: the same rows."""
    growth.write_snapshot()


@shared_task(bind=True, max_retries=1, time_limit=RECONCILE_SECONDS)
def reconcile(self: Task) -> None:
    """Everything at Stripe compared with everything here. Twice at once: the second does nothing.

    A worker that is killed has its task delivered again at once, when its run does not look dead yet: so
    the second one comes back once, after that time. One that lives longer than Redis waits (an hour) is
    delivered again, too: then there is nothing left to do.
    """
    if (self.request.retries or (self.request.delivery_info or {}).get("redelivered")) and was_just_done():
        logger.info("Left to the other run, which has come to its end")
        return
    try:
        reconcile_nightly()
    except UnderWay as error:
        if _has_no_later(self) or self.request.retries:
            logger.info("Left to the other run: %s", error)
            return
        raise self.retry(exc=error, countdown=DEAD_AFTER.total_seconds() + 60) from error


@shared_task
def mend_differences(numbers: list[int], user_id: str, away: int = 0) -> None:
    """Rows of `Drift` that somebody of the staff wants mended. What does not fit goes on in another task.

    `away`: for how many of the former task's last ones Stripe did not answer.
    """
    by = CustomUser.objects.filter(pk=user_id).first()
    if by is None:
        return
    stop_at, patience = time.monotonic() + CHUNK_SECONDS, Patience(away)
    for done, number in enumerate(numbers):
        if patience.is_over:
            leave_unmended(numbers[done:])
            return
        if done and time.monotonic() > stop_at:
            enqueue(mend_differences, numbers[done:], user_id, patience.in_a_row)
            return
        with call_rate.paced():
            for drift in Drift.objects.filter(pk=number):
                patience.note(try_to_mend(drift, by=by))


@shared_task(bind=True, max_retries=5)
def put_right(self: Task, chore: str, keys: list[str]) -> None:
    """One chunk of the hourly run. Killed and delivered again it repeats nothing: see `Chore.do`."""
    rest, failed, away = _put_many_right(chore, keys)
    # Those that failed come last: should they be the only ones that fail, they hold nobody up.
    left = [*rest, *failed]
    if away is not None:
        _go_on_later(self, away, chore, left)
    elif left:
        enqueue(put_right, chore, left)


def _put_many_right(chore: str, keys: list[str]) -> tuple[list[str], list[str], StripeUnavailable | None]:
    """Until the time is up or Stripe is away for several in a row: with one alone it may be at odds.

    Answers whose turn did not come, for whom Stripe did not answer, and its error if going on has to wait.
    """
    stop_at = time.monotonic() + CHUNK_SECONDS
    failed: list[str] = []
    error, patience = None, Patience()
    for number, key in enumerate(keys):
        if patience.is_over or (number and time.monotonic() > stop_at):
            return keys[number:], failed, error if patience.in_a_row else None
        found = _put_one_right(chore, key)
        patience.note(found)
        if isinstance(found, StripeUnavailable):
            failed.append(key)
            error = found
    return [], failed, error


def _put_one_right(chore: str, key: str) -> Exception | None:
    with call_rate.paced():
        error = upkeep.put_right(upkeep.CHORES[chore], key)
    if isinstance(error, SeatsUnderWay):
        enqueue(match_seats, key, countdown=error.retry_after)  # should the other one be dead
    return error


def _go_on_later(task: Task, error: StripeUnavailable, chore: str, keys: list[str]) -> None:
    if task.request.retries >= task.max_retries:
        logger.error("%s: %s left to the next hour: %s", chore, len(keys), error)
        return
    raise task.retry(args=(chore, keys), exc=error, countdown=_seconds_until_next_try(task, error))


@shared_task(bind=True, max_retries=8)
def push_billing_address(self: Task, holder_id: str) -> None:
    """Tell Stripe where invoices go, after an address changed."""
    _for_holder(self, holder_id, customers.push_billing_address)


@shared_task
def prune_webhook_events() -> None:
    """Other rows that grow with time, too."""
    pruning.prune()


@shared_task
def tell_daily_news() -> None:
    """Trials that end soon and cards that expire; on any day as often as you like."""
    daily.tell_trials_ending()
    daily.tell_cards_expiring()


def _for_holder(task: Task, holder_id: str, work: Callable[[SubscriptionModelBase], None]) -> None:
    """Nothing to do for a holder that was deleted meanwhile."""
    holder = holder_model()._default_manager.filter(pk=holder_id).first()
    if holder is None:
        return
    try:
        work(holder)
    except holder_model().DoesNotExist:
        logger.info("%s: %s was deleted meanwhile", task.name, holder_id)
    except BillingError as error:
        _retry_or_leave(task, error)


def _retry_or_leave(task: Task, error: BillingError) -> None:
    """Like below, but without a broker the person's request goes on: the hourly sync finds what is left.

    What Stripe refused it would refuse again.
    """
    if isinstance(error, SeatsUnderWay) and _has_no_later(task):
        logger.info("%s: %s, who counts again when it is done", task.name, error)
    elif _has_no_later(task) or isinstance(error, StripeRefused):
        logger.error("%s failed, left to the hourly sync: %s", task.name, error)
    else:
        _retry_or_raise(task, error)


def _retry_or_raise(task: Task, error: Exception) -> None:
    """Try again later, as far off as Stripe asks for."""
    if _has_no_later(task) or task.request.retries >= task.max_retries:
        raise error
    wait = _seconds_until_next_try(task, error)
    logger.warning("%s failed, next try in %.1f s: %s", task.name, wait, error)
    raise task.retry(exc=error, countdown=wait)


def _seconds_until_next_try(task: Task, error: Exception) -> float:
    """Growing, and never in step with others whom the same bad moment hit."""
    wait: float = getattr(error, "retry_after", None) or inbox.retry_delay(task.request.retries + 1)
    return wait * random.uniform(1, 1.25)  # noqa: S311 - no secret


def _has_no_later(task: Task) -> bool:
    return task.request.is_eager or task.request.called_directly
