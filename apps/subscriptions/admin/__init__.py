"""Billing in the admin: rows are written by sync and by the inbox, never by hand; staff have actions."""

from apps.subscriptions.admin import (
    comps,
    djstripe,
    drift,
    events,
    holders,
    ledger,
    needs,
    notices,
    runs,
    subscriptions,
)

__all__ = [
    "comps",
    "djstripe",
    "drift",
    "events",
    "holders",
    "ledger",
    "needs",
    "notices",
    "runs",
    "subscriptions",
]
