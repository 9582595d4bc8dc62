"""A mark that outlives whoever asks Stripe for something else than seats, and dies over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import transaction

from apps.subscriptions.errors import SeatsUnderWay
from apps.subscriptions.holders import lock_holder
from apps.subscriptions.models import SeatSync, Subscription
from apps.subscriptions.services.seats import claims


@contextmanager
def marked_as_unclear(subscription: Subscription, quantity: int) -> Iterator[Callable[[], None]]:
    """Around a change of plan, which sets the quantity, too. Call what it gives when all is read back.

    Without the mark a process that dies between Stripe's answer and our row would leave the row on the old
    plan for as long as no news comes, and its seats would be told, or not told, by the rules of that plan.
    Whoever comes for the seats next, at the latest the hourly run, finds the mark and reads back first.
    """
    row = _mark(subscription, quantity)
    if row is None:
        yield _nothing
        return
    with claims.released(row):
        yield partial(claims.forget, row)


def _nothing() -> None:
    """There is no mark."""


def _mark(subscription: Subscription, quantity: int) -> SeatSync | None:
    """None while somebody else tells Stripe this holder's seats: people do not wait for that."""
    with transaction.atomic():
        holder = lock_holder(subscription.holder_id)
        try:
            unclear = claims.take_over(holder)
        except SeatsUnderWay:
            return None
        if unclear is not None:
            claims.forget(unclear)  # the customer was read back before anything was decided
        holder.billing_details_changed()
        return claims.claim(holder, subscription, quantity, "")
