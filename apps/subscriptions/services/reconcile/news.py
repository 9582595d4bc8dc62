"""What Stripe told and nobody here heard: fetched from its list of events, and worked before we compare.

Rows come right without it. Mails, and what a buyer's receivers do, come only with the event itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from apps.subscriptions.models import WebhookEvent
from apps.subscriptions.services.setup.undelivered import keep_events_since

REACH_BY_NIGHT = timedelta(days=4)  # Stripe itself tries for three days: each night sees all that it gave up
REACH = timedelta(days=30)  # what Stripe keeps: https://docs.stripe.com/api/events


def fetch_lost_news(reach: timedelta, alive: Callable[[], object]) -> None:
    """Into the inbox, by a list call for each 100 events of that time; `alive` is called after each.

    Nothing from before the inbox had its first event: what an account lived through before it was connected
    is no news. Raises BillingError when Stripe is away.
    """
    first = WebhookEvent.objects.order_by("pk").values_list("received_at", flat=True).first()
    if first is None:
        return
    keep_events_since(max(first, timezone.now() - reach), alive)
