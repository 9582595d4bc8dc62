"""Plans as cards: what they are comes from metadata.py, what they cost from Stripe's mirror."""

from apps.subscriptions.pricing.comparison import compared
from apps.subscriptions.pricing.offer import Pricing, pricing_for

__all__ = ["Pricing", "compared", "pricing_for"]
