"""What we ask Stripe for, one file a resource, on top of `gateway.py`.

Answers are plain dicts in Stripe's shape; errors are those of `errors.py`. Each file names things as Stripe's
reference does. Creating calls take the key of a stored attempt.
"""

from apps.subscriptions.stripe_api import (
    accounts,
    charges,
    checkout_sessions,
    customers,
    events,
    invoices,
    portal,
    prices,
    products,
    schedules,
    snapshots,
    subscriptions,
    webhook_endpoints,
)

__all__ = [
    "accounts",
    "charges",
    "checkout_sessions",
    "customers",
    "events",
    "invoices",
    "portal",
    "prices",
    "products",
    "schedules",
    "snapshots",
    "subscriptions",
    "webhook_endpoints",
]
