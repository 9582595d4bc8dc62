"""Events worked again because staff say so: one or a hundred thousand, at any time, in any order.

An event that is not done is worked. One that is done stays done, so that a buyer's receivers are not told
twice: its customer is read back from Stripe, which brings whatever the event could have brought, as of now.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.core import audit
from apps.subscriptions import inbox, sync
from apps.subscriptions.call_rate import paced
from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.patience import Patience
from apps.users.models import CustomUser

logger = logging.getLogger(__name__)

CHUNK = 50  # for one task: well below its time limit, whatever Stripe's pace
MESSAGE = 5_000  # numbers of rows in one message to the broker


def begin(rows: QuerySet[WebhookEvent], *, by: CustomUser) -> Iterator[list[int]]:
    """Notes who wants it, and yields the rows in lists for `tasks.replay_events`."""
    numbers = rows.order_by("pk").values_list("pk", flat=True)
    audit.record("events.replayed", actor=by, after={"events": numbers.count()})
    return chunked(numbers.iterator(chunk_size=MESSAGE), MESSAGE)


def chunked(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    remaining = iter(numbers)
    while chunk := list(islice(remaining, size)):
        yield chunk


def make_due(numbers: list[int]) -> list[tuple[str, str]]:
    """Those that are not done wait again from now on: (customer, event), one a customer, for the inbox."""
    rows = WebhookEvent.objects.filter(pk__in=numbers, processed_at__isnull=True)
    found = list(rows.values_list("customer_id", "event_id"))
    rows.update(failed_at=None, next_attempt_at=timezone.now())
    return one_a_customer(found)


def one_a_customer(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """All of a customer's events are worked together."""
    return list({customer or event: (customer, event) for customer, event in found}.values())


def read_back(numbers: list[int]) -> None:
    """What those that are done are about, as Stripe has it now; raises the last of what went wrong.

    Ends early when Stripe is away, or fifty would wait longer for it than a task may live. In any order, so
    that it is not always the same ones whose turn does not come.
    """
    failure, patience = None, Patience()
    reads = list(_reads(numbers))
    random.shuffle(reads)
    with paced():
        for work, argument in reads:
            error = _try(work, argument)
            failure = error or failure
            patience.note(error)
            if patience.is_over:
                break
    if failure is not None:
        raise failure


def _try(work: Callable[[Any], object], argument: Any) -> Exception | None:
    try:
        work(argument)
    except Exception as error:  # noqa: BLE001 - the next one gets its turn
        logger.warning("%s could not be read back: %s", argument, error)
        return error
    return None


def _reads(numbers: list[int]) -> Iterator[tuple[Callable[[Any], object], Any]]:
    done = WebhookEvent.objects.filter(pk__in=numbers, processed_at__isnull=False)
    customers = done.exclude(customer_id="").order_by("customer_id")
    for customer_id in customers.values_list("customer_id", flat=True).distinct():
        yield sync.sync_customer, customer_id
    for row in done.filter(customer_id=""):
        yield inbox.mirror_catalogue, row
