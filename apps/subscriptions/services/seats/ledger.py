"""Why the count moved, and whose count Stripe may not know yet."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.holders import holder_model
from apps.subscriptions.models import LIVE_STATUSES, SeatChange


def record_change(
    holder: SubscriptionModelBase, *, actor: Any, reason: str, before: int, after: int, person: str = ""
) -> None:
    """Note why the count moved and for whom, in the transaction that moves it."""
    SeatChange.objects.create(
        holder=holder,
        actor=actor,
        actor_label=actor.email if actor else "",
        person_label=person,
        reason=reason,
        before=before,
        after=after,
    )
    holder.billing_details_changed()


def waits_for_sync(holder: SubscriptionModelBase) -> bool:
    synced = holder.last_synced_with_stripe
    return synced is None or holder.billing_details_last_changed > synced


def holders_to_sync() -> QuerySet[Any]:
    """Holders of a live subscription whose count may have changed since Stripe was told."""
    changed = Q(last_synced_with_stripe__isnull=True) | Q(
        billing_details_last_changed__gt=F("last_synced_with_stripe")
    )
    return holder_model()._default_manager.filter(
        changed, subscriptions__is_current=True, subscriptions__status__in=LIVE_STATUSES
    )
