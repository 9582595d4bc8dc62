"""Roads across apps use the billing suite's fixtures: a Stripe that remembers, and its signed webhooks."""

from apps.subscriptions.tests.conftest import deliver_webhooks, stripe

__all__ = ["deliver_webhooks", "stripe"]
