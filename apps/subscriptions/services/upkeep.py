"""What the hourly run puts right: silence, seats, addresses and payment pages that news got lost about."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.subscriptions import call_rate, sync
from apps.subscriptions.errors import BillingError, SeatsUnderWay
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import LIVE_STATUSES, Status, Subscription
from apps.subscriptions.services import customers
from apps.subscriptions.services.addresses import holders_with_stale_address
from apps.subscriptions.services.checkout import expire_open_checkout, holders_with_needless_checkout
from apps.subscriptions.services.seats import holders_to_sync, match_seats, waits_for_sync

logger = logging.getLogger(__name__)

WAITS_FOR_MONEY = (Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID, Status.PAUSED)
LOOK_AGAIN_AFTER = timedelta(days=1)
CHUNK = 50


def stale_subscriptions() -> QuerySet[Subscription]:
    """Rows whose trial, period, end or waiting change is over without news from Stripe (policy P11).

    And those that wait for money, once a day: that it came, or that Stripe gave up, may be news that was
    lost, and until it is known their holder can neither use a plan nor choose another.
    """
    now = timezone.now()
    passed = (
        Q(status=Status.TRIALING, trial_end__lte=now)
        | Q(current_period_end__lte=now)
        | Q(ends_at__lte=now)
        | Q(pending_until__lte=now)
    )
    waiting = Q(status__in=WAITS_FOR_MONEY, synced_at__lte=now - LOOK_AGAIN_AFTER)
    return Subscription.objects.filter(passed & Q(status__in=LIVE_STATUSES) | waiting)


def foreign_subscriptions() -> QuerySet[Subscription]:
    """Live rows from before the site changed its mode. Our key finds nothing there: read back, they end."""
    return Subscription.objects.filter(status__in=LIVE_STATUSES).exclude(livemode=settings.STRIPE_LIVE_MODE)


def read_back(customer_id: str) -> None:
    """And tell Stripe the seats at once if that shows that they are off."""
    holder = sync.sync_customer(customer_id)
    if holder is not None and waits_for_sync(holder):
        with suppress(SeatsUnderWay):  # the holder still waits: a chore of its own asks for that
            match_seats(holder)


@dataclass(frozen=True)
class Chore:
    """One kind of thing that is put right: what needs it, by which key, and how.

    `waiting` is asked again for each one when its turn comes: others may have done it meanwhile.
    """

    name: str
    waiting: Callable[[], QuerySet[Any]]
    work: Callable[[Any], object]
    key: str = "pk"

    def keys(self, holder_id: Any = None) -> Iterator[str]:
        """Of all that wait, or of one holder; streamed, whatever their number."""
        found, of_holders = self.waiting(), self.key == "pk"
        if holder_id is not None:
            found = found.filter(**{"pk" if of_holders else "holder": holder_id})
        keys = found.values_list(self.key, flat=True)
        for key in (keys if of_holders else keys.distinct()).iterator(chunk_size=CHUNK):
            yield str(key)

    def label(self, key: str) -> str:
        holder = self._holder(key)
        return f"{self.name} {key} ({holder})" if holder is not None else f"{self.name} {key}"

    def do(self, key: str) -> None:
        """Nothing if it does not wait any more. Raises BillingError, and what a buyer's receivers raise."""
        found = self.waiting().filter(**{self.key: key}).first()
        if found is not None:
            self.work(found if self.key == "pk" else key)

    def _holder(self, key: str) -> Any:
        return holder_model()._default_manager.filter(pk=key).first() if self.key == "pk" else None


def _silent() -> QuerySet[Subscription]:
    return (stale_subscriptions() | foreign_subscriptions()).order_by()


def _with_unknown_seats() -> QuerySet[Any]:
    """Who waits longest first: the order of the index."""
    return holders_to_sync().order_by("billing_details_last_changed")


CHORES = {
    chore.name: chore
    for chore in (
        Chore("customer", _silent, read_back, key="stripe_customer_id"),
        Chore("holder", _with_unknown_seats, match_seats),
        Chore("address of", holders_with_stale_address, customers.push_billing_address),
        Chore("payment page of", holders_with_needless_checkout, expire_open_checkout),
    )
}


def sync_all(*, holder_id: Any = None, dry_run: bool = False) -> Iterator[tuple[str, Exception | None]]:
    """Read back what fell silent, set every changed quantity, tell addresses that Stripe does not have yet,
    close payment pages that would sell a second subscription.

    Yields (what, error) for each. One failing holder never stops the run.
    """
    with call_rate.paced():
        for chore in CHORES.values():
            for key in chore.keys(holder_id):
                label = chore.label(key)
                yield label, None if dry_run else put_right(chore, key)


def put_right(chore: Chore, key: str) -> Exception | None:
    """What went wrong, which is in the log."""
    try:
        chore.do(key)
    except SeatsUnderWay as error:
        logger.info("%s %s is left to whom it is with: %s", chore.name, key, error)
        return error
    except BillingError as error:
        logger.error("%s %s failed: %s", chore.name, key, error)
        return error
    except Exception as error:  # a buyer's receiver, a bad row: the others get their turn all the same
        logger.exception("%s %s failed", chore.name, key)
        return error
    return None


def chunks() -> Iterator[tuple[str, list[str]]]:
    """All that waits as (name of the chore, keys), each small enough for one task.

    Shuffled: a task gives up when Stripe fails too many in a row, who must not be the first of each hour.
    """
    for chore in CHORES.values():
        keys = chore.keys()
        while chunk := list(islice(keys, CHUNK)):
            random.shuffle(chunk)
            yield chore.name, chunk
