"""The billing suite's fixtures: a Stripe that remembers, and a user who buys through the real pages."""

from apps.subscriptions.tests.conftest import buy, deliver_webhooks, holder, owner, owner_client, stripe

__all__ = ["buy", "deliver_webhooks", "holder", "owner", "owner_client", "stripe"]
