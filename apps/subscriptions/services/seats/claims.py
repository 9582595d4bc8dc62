"""Two workers, one call: the row of a `SeatSync` stands before the call, and a holder has one open row.

Open it is until Stripe's answer is written down. Whoever finds an open row leaves it alone until
`claimed_until`; from then on the one who made it is taken for dead, or has met an error, and nobody knows
whether Stripe got the call: ask there first (`arrived`), then the row is `told` or forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.errors import SeatsUnderWay
from apps.subscriptions.models import SeatSync, Subscription
from apps.subscriptions.services.seats.ledger import newest_change

# Longer than any call takes: three tries of ten seconds and twice ten seconds that Stripe may ask us to wait,
# for each of the two calls a schedule needs, and the turn that the hourly run waits for.
LONGEST_CALL = timedelta(minutes=3)


def claim(
    holder: SubscriptionModelBase, subscription: Subscription, quantity: int, proration_behavior: str
) -> SeatSync:
    """Hold the holder's lock, and see that no row is open. No `proration_behavior`: a phase to come."""
    return SeatSync.objects.create(
        holder=holder,
        subscription_stripe_id=subscription.stripe_id,
        quantity=quantity,
        proration_behavior=proration_behavior,
        covers_changes_to=newest_change(holder),
        claimed_until=timezone.now() + LONGEST_CALL,
    )


def take_over(holder: SubscriptionModelBase) -> SeatSync | None:
    """The open row, ours from now on; None if there is none. Raises SeatsUnderWay while it is another's."""
    row = SeatSync.objects.filter(holder=holder, told_at=None).first()
    if row is None:
        return None
    now = timezone.now()
    if row.claimed_until is not None and row.claimed_until > now:
        raise _under_way(row, row.claimed_until - now)
    if not _open(row).filter(claimed_until=row.claimed_until).update(claimed_until=now + LONGEST_CALL):
        raise _under_way(row, LONGEST_CALL)
    return row


def _under_way(row: SeatSync, rest: timedelta) -> SeatsUnderWay:
    return SeatsUnderWay(f"{row} is being told to Stripe", retry_after=rest.total_seconds() + 1)


@contextmanager
def released_on_error(row: SeatSync) -> Iterator[None]:
    """An error ends the claim at once: whoever tries again need not wait for its time."""
    try:
        yield
    except Exception:
        _open(row).update(claimed_until=timezone.now())
        raise


@contextmanager
def released(row: SeatSync) -> Iterator[None]:
    """Whatever is still open at the end is for the next one to find out, at once. Not after a kill."""
    with released_on_error(row):
        yield
    _open(row).update(claimed_until=timezone.now())


def arrived(row: SeatSync) -> bool:
    """Whether Stripe has what the row says. Read the customer back before."""
    column = "quantity" if row.proration_behavior else "next_quantity"
    return Subscription.objects.filter(
        stripe_id=row.subscription_stripe_id, **{column: row.quantity}
    ).exists()


def note_answer(row: SeatSync, request_id: str) -> None:
    """Stripe has answered, our own row is not written yet."""
    row.stripe_request_id = request_id
    _open(row).update(stripe_request_id=request_id)


def told(row: SeatSync, request_id: str) -> None:
    """Stripe has it, so it stands in the ledger.

    Also if we were so slow that somebody took us for dead, asked before our call came in, and forgot the row.
    """
    row.told_at, row.stripe_request_id, row.claimed_until = timezone.now(), request_id, None
    noted = _open(row).update(told_at=row.told_at, stripe_request_id=request_id, claimed_until=None)
    if not noted and not SeatSync.objects.filter(pk=row.pk).exists():
        row.save(force_insert=True)


def forget(row: SeatSync) -> None:
    """Stripe never got it."""
    _open(row).delete()


def _open(row: SeatSync) -> QuerySet[SeatSync]:
    return SeatSync.objects.filter(pk=row.pk, told_at=None)


def abandoned() -> QuerySet[SeatSync]:
    """Quantities of which nobody knows whether Stripe has them: an error, or a worker that died."""
    return SeatSync.objects.filter(told_at=None, claimed_until__lte=timezone.now())
