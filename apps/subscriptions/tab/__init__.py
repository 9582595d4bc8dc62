"""What the Subscription tab shows, in words and amounts ready to print. Reads our rows and the mirror."""

from apps.subscriptions.tab.view import SubscriptionView, subscription_view

__all__ = ["SubscriptionView", "subscription_view"]
