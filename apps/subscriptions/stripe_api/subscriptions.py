"""https://docs.stripe.com/api/subscriptions"""

from __future__ import annotations

from apps.subscriptions.gateway import Json, client, named_errors, plain


def set_quantity(item_id: str, quantity: int, *, proration_behavior: str) -> str:
    """Set (never add to) the quantity of one item; returns the Stripe request id.

    No idempotency key: setting a value twice is the same, and a key would swallow the second step of
    3 -> 4 -> 3 within a day.
    """
    with named_errors():
        item = client().v1.subscription_items.update(
            item_id, {"quantity": quantity, "proration_behavior": proration_behavior}
        )
    plain(item, item_id)
    return getattr(item.last_response, "request_id", None) or ""


def set_cancel_at_period_end(subscription_id: str, *, cancel: bool) -> Json:
    with named_errors():
        params = {"cancel_at_period_end": cancel}
        return plain(client().v1.subscriptions.update(subscription_id, params), subscription_id)
