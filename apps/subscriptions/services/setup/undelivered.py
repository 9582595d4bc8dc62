"""What a former endpoint has not taken yet: Stripe stops trying when the endpoint is deleted."""

from __future__ import annotations

from django.conf import settings

from apps.subscriptions import inbox, stripe_api
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import WebhookEvent


def keep_undelivered_events() -> int:
    """Put them into the inbox, where the sweeper or process_webhooks finds them; returns how many.

    One that was delivered here already stays in the inbox as it is.
    """
    found = [event for event in stripe_api.events.list_undelivered() if _is_ours(event)]
    rows = WebhookEvent.objects.filter(event_id__in=[event["id"] for event in found])
    known = set(rows.values_list("event_id", flat=True))
    for event in reversed(found):  # the oldest first
        inbox.store(event)
    return len({event["id"] for event in found} - known)


def _is_ours(event: Json) -> bool:
    return event["type"] in inbox.HANDLED_EVENTS and event["livemode"] == settings.STRIPE_LIVE_MODE
