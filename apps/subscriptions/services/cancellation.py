"""Ending a subscription at the end of its period, and changing one's mind."""

from __future__ import annotations

from apps.core import audit
from apps.core.billing import SubscriptionModelBase
from apps.subscriptions import stripe_api, sync
from apps.subscriptions.errors import BillingError
from apps.users.models import CustomUser


def cancel_at_period_end(holder: SubscriptionModelBase, *, by: CustomUser) -> None:
    _set(holder, cancel=True, action="subscription.cancel_requested", by=by)


def resume(holder: SubscriptionModelBase, *, by: CustomUser) -> None:
    _set(holder, cancel=False, action="subscription.resumed", by=by)


def _set(holder: SubscriptionModelBase, *, cancel: bool, action: str, by: CustomUser) -> None:
    """Raises BillingError when nothing is live; otherwise setting it twice is the same."""
    current = holder.subscriptions.filter(is_current=True).first()
    if current is None or not current.is_live:
        raise BillingError(f"{holder.pk} has nothing to cancel or resume")
    stripe_api.subscriptions.set_cancel_at_period_end(current.stripe_id, cancel=cancel)
    audit.record(action, actor=by, target=current, holder=holder)
    sync.sync_customer(current.stripe_customer_id)
