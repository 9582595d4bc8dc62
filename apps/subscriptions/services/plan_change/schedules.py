"""The one schedule of a subscription: found, or made."""

from __future__ import annotations

from apps.subscriptions import stripe_api
from apps.subscriptions.errors import StripeRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import Subscription


def schedule_of(subscription: Subscription) -> Json:
    """Looks at Stripe first, so that a lost answer or a double click never makes a second one.

    Raises StripeUnavailable, StripeRefused.
    """
    found = _existing(subscription)
    if found is not None:
        return found
    try:
        return stripe_api.schedules.create_for(subscription.stripe_id)
    except StripeRefused:
        found = _existing(subscription)  # somebody made it between our look and our call
        if found is None:
            raise
        return found


def _existing(subscription: Subscription) -> Json | None:
    schedule_id = stripe_api.subscriptions.retrieve(subscription.stripe_id).get("schedule")
    return stripe_api.schedules.retrieve(schedule_id) if schedule_id else None
