"""Listens to what sync finds, and tells the payer: the plan is going to end, has ended, the trial is over.

Decided from the row as it is now, whatever brought the news: an event, a page or the hourly run.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.mails import notices
from apps.subscriptions.models import Notice, Status, Subscription, WebhookEvent
from apps.subscriptions.signals import event_given_up, subscription_synced

# Found later than this (an account that is connected anew), an end is no news any more.
NEWS_FOR = timedelta(days=3)


@receiver(subscription_synced)
def on_subscription_synced(
    holder: SubscriptionModelBase, current: Subscription | None, **kwargs: Any
) -> None:
    if current is None:
        return
    if current.status == Status.CANCELED:
        _tell_end(current)
    elif current.is_live and current.ends_at is not None:
        _tell_coming_end(current)
    elif current.status == Status.PAUSED:
        _tell(Notice.Kind.TRIAL_PAUSED, current, of=current.trial_end)
    if current.is_live and not current.plan_slug:
        _tell_unknown_product(current)


def _tell_end(row: Subscription) -> None:
    if row.ended_with_holder:  # whoever deletes a team reads of it there, and has nothing to come back to
        return
    ended_at = row.ended_at or row.ends_at
    if ended_at is None or ended_at > timezone.now() - NEWS_FOR:
        _tell(Notice.Kind.PLAN_ENDED, row)


def _tell_coming_end(row: Subscription) -> None:
    ends_at = row.ends_at.isoformat() if row.ends_at else ""
    _tell(Notice.Kind.PLAN_ENDING, row, of=row.ends_at, ends_at=ends_at)


def _tell_unknown_product(row: Subscription) -> None:
    """To operators: somebody pays for what ACTIVE_PRODUCTS does not know (policy P13)."""
    _tell(Notice.Kind.UNKNOWN_PRODUCT, row, product=row.price_id)


def tell_trial_ending(row: Subscription) -> None:
    """Once per trial end: an extended trial is announced again. Nothing for one that was cancelled."""
    if row.status == Status.TRIALING and row.trial_end is not None and row.ends_at is None:
        trial_end = row.trial_end.isoformat()
        _tell(Notice.Kind.TRIAL_ENDING, row, of=row.trial_end, trial_end=trial_end)


def _tell(kind: Notice.Kind, row: Subscription, *, of: Any = None, **data: Any) -> None:
    occasion = f"{row.stripe_id}:{of:%Y-%m-%dT%H:%M}" if of else row.stripe_id
    notices.promise(kind, occasion, holder=row.holder, data={"subscription": row.stripe_id, **data})


@receiver(event_given_up)
def on_event_given_up(row: WebhookEvent, **kwargs: Any) -> None:
    """The first of each hour: after a long outage thousands are given up, and one mail says as much."""
    hour = f"{timezone.now():%Y-%m-%dT%H}"
    notices.promise(Notice.Kind.EVENT_GIVEN_UP, hour, data={"event": row.event_id})
