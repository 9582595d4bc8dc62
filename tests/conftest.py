"""Roads across apps use the billing suite's fixtures: a Stripe that remembers, and its signed webhooks."""

from apps.subscriptions.tests.conftest import buy, deliver_webhooks, holder, owner, owner_client, stripe

__all__ = ["buy", "deliver_webhooks", "holder", "owner", "owner_client", "stripe"]
