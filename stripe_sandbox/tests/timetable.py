"""A plan that changes on a day to come, in few words."""

from __future__ import annotations

from typing import Any

MONTHS = {"interval": "month", "interval_count": 1}


def downgraded(shop: Any, **params: Any) -> tuple[Any, str]:
    """A subscription of three Pro seats that becomes one of Starter at its renewal, and its schedule's id."""
    subscription = shop.buy(**params)
    schedules = shop.api.subscription_schedules
    schedule = schedules.create({"from_subscription": subscription.id})
    now = schedule.phases[0]
    item = now["items"][0]
    kept = {
        "start_date": now.start_date,
        "end_date": now.end_date,
        "items": [{"price": item.price, "quantity": item.quantity}],
    }
    later = {
        "items": [{"price": shop.price("starter-month"), "quantity": 1}],
        "duration": MONTHS,
        "proration_behavior": "none",
    }
    schedules.update(schedule.id, {"phases": [kept, later]})
    return subscription, schedule.id
