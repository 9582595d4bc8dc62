"""Billing in the admin: rows are written by sync and by the inbox, never by hand; staff have actions."""

from apps.subscriptions.admin import comps, djstripe, events, holders, ledger, notices, subscriptions

__all__ = ["comps", "djstripe", "events", "holders", "ledger", "notices", "subscriptions"]
