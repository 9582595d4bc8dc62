"""Why the count moved, and whose count Stripe may not know yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.core.audit import current_origin
from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import LIVE_STATUSES, SeatChange


def record_change(
    holder: SubscriptionModelBase, *, actor: Any, reason: str, before: int, after: int, person: str = ""
) -> SeatChange:
    """Note why the count moved and for whom, in the transaction that moves it.

    By staff at a customer's place: by them, whom the customer reads as "Support" (actors.py).
    """
    actor = _who_it_really_was(actor)
    change = SeatChange.objects.create(
        holder=holder,
        actor=actor,
        actor_label=actor.email if actor else "",
        person_label=person,
        reason=reason,
        before=before,
        after=after,
    )
    holder.billing_details_changed()
    return change


def _who_it_really_was(actor: Any) -> Any:
    behind = current_origin().impersonator_id
    return get_user_model().objects.get(pk=behind) if behind else actor


def waits_for_sync(holder: SubscriptionModelBase) -> bool:
    synced = holder.last_synced_with_stripe
    return synced is None or holder.billing_details_last_changed > synced


def newest_change(holder: SubscriptionModelBase) -> int:
    """The id of the last change in the ledger, 0 before the first."""
    return SeatChange.objects.filter(holder=holder).values_list("pk", flat=True).first() or 0


def is_the_moment(holder: SubscriptionModelBase, change_id: int) -> bool:
    """Whether the task of this change is the one to tell Stripe.

    A newer change has a task of its own, which is some seconds later and tells of both: many who come in a
    few seconds are one call. But no change waits longer than SEAT_SYNC_LONGEST_WAIT_SECONDS for a quiet
    moment. Which one is newer the ids say, not the clocks of several machines.
    """
    if change_id in (0, newest_change(holder)):
        return True
    untold = SeatChange.objects.filter(holder=holder)
    if holder.last_synced_with_stripe is not None:
        untold = untold.filter(at__gt=holder.last_synced_with_stripe)
    longest = timedelta(seconds=settings.SEAT_SYNC_LONGEST_WAIT_SECONDS)
    return untold.filter(at__lte=timezone.now() - longest).exists()


def holders_to_sync() -> QuerySet[Any]:
    """Holders of a live subscription whose count may have changed since Stripe was told."""
    changed = Q(last_synced_with_stripe__isnull=True) | Q(
        billing_details_last_changed__gt=F("last_synced_with_stripe")
    )
    return holder_model()._default_manager.filter(
        changed, subscriptions__is_current=True, subscriptions__status__in=LIVE_STATUSES
    )
