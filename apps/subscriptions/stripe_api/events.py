"""https://docs.stripe.com/api/events"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from apps.subscriptions.gateway import Json, client, named_errors, plain


def list_undelivered() -> Iterator[Json]:
    """Those some endpoint has not taken, or not yet; Stripe keeps events for 30 days."""
    with named_errors():
        found = client().v1.events.list({"delivery_success": False, "limit": 100})
        for event in found.auto_paging_iter():
            yield plain(event)


def list_since(moment: datetime) -> Iterator[Json]:
    """All, delivered or not, the newest first; Stripe keeps events for 30 days."""
    with named_errors():
        found = client().v1.events.list({"created": {"gte": int(moment.timestamp())}, "limit": 100})
        for event in found.auto_paging_iter():
            yield plain(event)
