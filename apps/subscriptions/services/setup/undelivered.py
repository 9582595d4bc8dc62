"""What never reached the inbox: Stripe stops trying after three days, and when an endpoint is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.conf import settings

from apps.subscriptions import inbox, stripe_api
from apps.subscriptions.gateway import Json
from apps.subscriptions.models import WebhookEvent

PAGE = 100


def keep_undelivered_events() -> int:
    """What some endpoint has not taken goes into the inbox, where the sweeper or process_webhooks finds it.

    Returns how many. One that was delivered here already stays in the inbox as it is.
    """
    return _keep(reversed(list(stripe_api.events.list_undelivered())))  # the oldest first


def keep_events_since(moment: datetime, alive: Callable[[], object] = lambda: None) -> int:
    """The same for all events from then on, whatever Stripe believes: for a restored or long absent inbox.

    `alive` is called after each page of Stripe's list: a busy account has thousands.
    """
    return _keep(_with_signs_of_life(stripe_api.events.list_since(moment), alive))


def _with_signs_of_life(events: Iterable[Json], alive: Callable[[], object]) -> Iterator[Json]:
    for number, event in enumerate(events, start=1):
        yield event
        if number % PAGE == 0:
            alive()


def _keep(events: Iterable[Json]) -> int:
    ours, count = filter(_is_ours, events), 0
    while page := list(islice(ours, PAGE)):
        count += _keep_page(page)
    return count


def _keep_page(events: Iterable[Json]) -> int:
    found = {event["id"]: event for event in events}
    known = WebhookEvent.objects.filter(event_id__in=found).values_list("event_id", flat=True)
    for event_id in set(found) - set(known):
        inbox.store(found[event_id])
    return len(found) - len(known)


def _is_ours(event: Json) -> bool:
    """What the webhook would have stored, of the types that are handled."""
    of_this_mode = event["livemode"] == settings.STRIPE_LIVE_MODE
    return event["type"] in inbox.HANDLED_EVENTS and of_this_mode and not event.get("account")
