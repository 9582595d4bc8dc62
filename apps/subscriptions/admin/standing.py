"""What a holder has now, as the panel and the actions of staff see it."""

from __future__ import annotations

from dataclasses import dataclass

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.models import Comp, Status, Subscription


@dataclass(frozen=True)
class Standing:
    holder: SubscriptionModelBase
    subscription: Subscription | None  # the current one
    unfinished: list[Subscription]  # live, or waiting for a first payment; the current one first
    comp: Comp | None

    @property
    def mark(self) -> str:
        """Travels with a form: a click on a page that was overtaken does nothing."""
        states = [f"{row.stripe_id}={row.status}" for row in self.unfinished]
        return ",".join([*states, f"comp={self.comp.pk}" if self.comp else ""])

    @property
    def is_live(self) -> bool:
        return self.subscription is not None and self.subscription.is_live

    @property
    def has_two_live(self) -> bool:
        return sum(row.is_live for row in self.unfinished) > 1

    @property
    def waits_for_something(self) -> bool:
        row = self.subscription
        return row is not None and bool(row.ends_at or row.schedule_id or row.pending_until)

    def row(self, stripe_id: str | None) -> Subscription | None:
        """The unfinished one of that id; None for "" (all of them)."""
        return next((row for row in self.unfinished if row.stripe_id == stripe_id), None)


def standing(holder: SubscriptionModelBase) -> Standing:
    """Two queries, however many subscriptions there were."""
    known = Subscription.objects.filter(holder=holder)
    rows = list(known.filter(is_current=True) | known.exclude(status__in=_OVER))
    rows.sort(key=lambda row: not row.is_current)
    comp = Comp.objects.filter(holder=holder, ended_at__isnull=True).first()
    return Standing(
        holder,
        next((row for row in rows if row.is_current), None),
        [row for row in rows if not row.is_over],
        comp if comp and comp.is_open() else None,
    )


_OVER = [Status.CANCELED, Status.INCOMPLETE_EXPIRED]
