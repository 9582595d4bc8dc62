"""What the hourly run puts right: silence, seats, addresses and payment pages that news got lost about."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.subscriptions import sync
from apps.subscriptions.errors import BillingError
from apps.subscriptions.models import LIVE_STATUSES, Status, Subscription
from apps.subscriptions.services import customers
from apps.subscriptions.services.addresses import holders_with_stale_address
from apps.subscriptions.services.checkout import expire_open_checkout, holders_with_needless_checkout
from apps.subscriptions.services.seats import holders_to_sync, match_seats

logger = logging.getLogger(__name__)

WAITS_FOR_MONEY = (Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID, Status.PAUSED)
LOOK_AGAIN_AFTER = timedelta(days=1)


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


def sync_all(*, holder_id: Any = None, dry_run: bool = False) -> Iterator[tuple[str, Exception | None]]:
    """Read back what fell silent, set every changed quantity, tell addresses that Stripe does not have yet,
    close payment pages that would sell a second subscription.

    Yields (what, error) for each. One failing holder never stops the run.
    """
    stale = stale_subscriptions() | foreign_subscriptions()
    changed, moved, paying = holders_to_sync(), holders_with_stale_address(), holders_with_needless_checkout()
    if holder_id is not None:
        stale, changed = stale.filter(holder=holder_id), changed.filter(pk=holder_id)
        moved, paying = moved.filter(pk=holder_id), paying.filter(pk=holder_id)
    for customer_id in list(stale.values_list("stripe_customer_id", flat=True).distinct()):
        yield f"customer {customer_id}", _try(sync.sync_customer, customer_id, dry_run)
    for holder in changed.iterator():
        yield f"holder {holder.pk} ({holder})", _try(match_seats, holder, dry_run)
    for holder in moved.iterator():
        yield f"address of {holder.pk} ({holder})", _try(customers.push_billing_address, holder, dry_run)
    for holder in paying.iterator():
        yield f"payment page of {holder.pk} ({holder})", _try(expire_open_checkout, holder, dry_run)


def _try(function: Any, argument: Any, dry_run: bool) -> Exception | None:
    try:
        if not dry_run:
            function(argument)
    except BillingError as error:
        logger.error("%s(%s) failed: %s", function.__name__, argument, error)
        return error
    except Exception as error:  # a buyer's receiver, a bad row: the others get their turn all the same
        logger.exception("%s(%s) failed", function.__name__, argument)
        return error
    return None
