"""Changes that wait: https://docs.stripe.com/api/subscription_schedules"""

from __future__ import annotations

from apps.subscriptions.gateway import Json, client, named_errors, plain


def retrieve(schedule_id: str) -> Json:
    with named_errors():
        return plain(client().v1.subscription_schedules.retrieve(schedule_id), schedule_id)


def create_for(subscription_id: str) -> Json:
    """One phase: the subscription as it is, to the end of its period.

    Raises StripeRefused when it has a schedule already, which is also why it needs no idempotency key: the
    second of two never makes a second one.
    """
    with named_errors():
        return plain(client().v1.subscription_schedules.create({"from_subscription": subscription_id}))


def set_phases(schedule_id: str, phases: list[Json]) -> Json:
    """The present phase and those to come. After the last one the subscription goes on without a schedule."""
    params: Json = {"phases": phases, "end_behavior": "release", "proration_behavior": "none"}
    with named_errors():
        return plain(client().v1.subscription_schedules.update(schedule_id, params), schedule_id)


def release(schedule_id: str) -> Json:
    """The subscription goes on as it is; nothing waits any more."""
    with named_errors():
        return plain(client().v1.subscription_schedules.release(schedule_id), schedule_id)
