"""Billed seats: the ledger of who came and went, and the one call that tells Stripe."""

from apps.subscriptions.services.seats.ledger import (
    holders_to_sync,
    is_the_moment,
    newest_change,
    record_change,
    waits_for_sync,
)
from apps.subscriptions.services.seats.match import match_seats

__all__ = [
    "holders_to_sync",
    "is_the_moment",
    "match_seats",
    "newest_change",
    "record_change",
    "waits_for_sync",
]
