"""https://docs.stripe.com/api/subscriptions"""

from __future__ import annotations

from functools import partial
from typing import Any

from apps.subscriptions.gateway import Json, client, do_once, named_errors, plain

RESUME: Json = {"billing_cycle_anchor": "now"}


def retrieve(subscription_id: str) -> Json:
    with named_errors():
        return plain(client().v1.subscriptions.retrieve(subscription_id), subscription_id)


def update(subscription_id: str, params: Json) -> Json:
    """No idempotency key: what is set twice is the same, and a key would swallow a change back and forth."""
    with named_errors():
        return plain(client().v1.subscriptions.update(subscription_id, params), subscription_id)


def set_quantity(item_id: str, quantity: int, *, proration_behavior: str) -> tuple[Json, str]:
    """Set (never add to) the quantity of one item; returns the item as it is now and the request's id.

    No idempotency key: setting a value twice is the same, and a key would swallow the second step of
    3 -> 4 -> 3 within a day.
    """
    with named_errors():
        item = client().v1.subscription_items.update(
            item_id, {"quantity": quantity, "proration_behavior": proration_behavior}
        )
    return plain(item, item_id), getattr(item.last_response, "request_id", None) or ""


def cancel_at_period_end(subscription_id: str, *, feedback: str = "", comment: str = "") -> Json:
    """`feedback` in Stripe's words (`cancellation_details.feedback`), "" when nobody said."""
    params: Json = {"cancel_at_period_end": True}
    if feedback or comment:
        params["cancellation_details"] = {"feedback": feedback, "comment": comment}
    return update(subscription_id, params)


def keep(subscription_id: str) -> Json:
    """Take a cancellation back, in the form it was asked for; nothing to do when there is none."""
    found = retrieve(subscription_id)
    if found.get("cancel_at_period_end"):
        return update(subscription_id, {"cancel_at_period_end": False})
    # The Portal's flexible billing sets a date instead of the flag, and only the date takes it back.
    return update(subscription_id, {"cancel_at": ""}) if found.get("cancel_at") else found


def cancel_now(subscription_id: str, *, comment: str = "") -> Json:
    """Ends it at once, without refund. Raises NotFoundAtStripe when it has ended already."""
    params: Json = {"cancellation_details": {"comment": comment}} if comment else {}
    with named_errors():
        return plain(client().v1.subscriptions.cancel(subscription_id, params), subscription_id)


def go_on(subscription_id: str) -> Json:
    """Resume one that paused at the end of its trial: a new period begins now and is charged for."""
    with named_errors():
        return plain(client().v1.subscriptions.resume(subscription_id, RESUME), subscription_id)


def go_on_once(subscription_id: str, *, idempotency_key: str) -> Json:
    """`go_on`; asked again with the key it charges no second time, and gets the first answer.

    Raises KeySpent when Stripe broke over the first one.
    """

    def resume(client: Any) -> Any:
        return partial(client.v1.subscriptions.resume, subscription_id)

    return do_once(resume, RESUME, idempotency_key)
