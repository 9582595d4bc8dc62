"""Who came and went, and what Stripe was told of it: the two ledgers as one, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.billing import SubscriptionModelBase
from apps.core.memory import shown_by_fields
from apps.core.paging import NearestPages
from apps.core.prepared import Prepared, Slot
from apps.subscriptions import sync
from apps.subscriptions.models import SeatChange, SeatSync, Subscription
from apps.subscriptions.services.seats.actors import changes_of

A_PAGE = 25
NEWEST = 10  # on the tab
MOST_SYNCS = 200  # beside a page of changes: only one that goes wrong for days makes more


class Telling(StrEnum):
    """What Stripe knows of the newest change."""

    DONE = "done"
    WAITS = "waits"
    UNDER_WAY = "under_way"
    FAILED = "failed"


class Change(NamedTuple):
    """As pages tell it."""

    reason: str
    person_label: str
    actor_label: str
    by_support: bool
    before: int
    after: int


class Told(NamedTuple):
    quantity: int
    proration_behavior: str
    stripe_request_id: str


@shown_by_fields
@dataclass(frozen=True)
class LedgerLine:
    """A change, or a quantity that Stripe was told: it covers the changes below it, down to the next one."""

    at: datetime
    change: Change | None = None
    told: Told | None = None


@dataclass(frozen=True)
class SeatLedger:
    lines: list[LedgerLine]
    telling: Telling
    page: Page[SeatChange] | None = None


def newest_lines(holder: SubscriptionModelBase, row: Subscription | None, seats: int) -> SeatLedger:
    """The first NEWEST, for the tab. `seats`: what the holder counts now. Two queries."""
    changes = _newest_changes.ask(holder=holder.pk)
    syncs = _newest_syncs.ask(holder=holder.pk, oldest=changes[-1].pk if changes else 0)
    return SeatLedger(_merged(changes, syncs)[:NEWEST], _telling(row, seats, syncs))


def ledger_page(
    holder: SubscriptionModelBase, row: Subscription | None, number: str | None, seats: int
) -> SeatLedger:
    """A page of changes with the syncs between them; the last or first page for a number that is none.

    Three queries.
    """
    page = NearestPages(changes_of(holder.pk), A_PAGE).get_page(number)
    changes = list(page.object_list)
    newest = changes[0].pk if changes and page.has_previous() else None
    oldest = changes[-1].pk if changes and page.has_next() else 0
    syncs = list(_syncs(holder.pk, oldest=oldest, newest=newest))
    return SeatLedger(_merged(changes, syncs), _telling(row, seats, syncs), page)


def _syncs(holder: Any, *, oldest: int | Slot, newest: int | None = None) -> QuerySet[SeatSync]:
    """Those that cover these changes, newest first, and the one under way."""
    covers = Q(covers_changes_to__gte=oldest)
    if newest is not None:
        covers &= Q(covers_changes_to__lte=newest)
    return SeatSync.objects.filter(covers | Q(told_at=None), holder_id=holder)[:MOST_SYNCS]


_HOLDER = SeatChange._meta.get_field("holder")  # its model may be loaded later than this file
_newest_changes: Prepared[SeatChange] = Prepared(lambda holder: changes_of(holder)[:NEWEST], holder=_HOLDER)
_newest_syncs: Prepared[SeatSync] = Prepared(
    _syncs, holder=_HOLDER, oldest=SeatSync._meta.get_field("covers_changes_to")
)


def _merged(changes: Sequence[SeatChange], syncs: Sequence[SeatSync]) -> list[LedgerLine]:
    """A sync stands above the newest change that it covers."""
    lines: list[tuple[int, int, int, LedgerLine]] = [
        (change.pk, 0, change.pk, LedgerLine(change.at, change=_change(change))) for change in changes
    ]
    lines += [
        (told.covers_changes_to, 1, told.pk, LedgerLine(told.told_at, told=_told(told)))
        for told in syncs
        if told.told_at is not None
    ]
    lines.sort(key=lambda line: line[:3], reverse=True)
    return [line for *_order, line in lines]


def _change(row: Any) -> Change:
    return Change(row.reason, row.person_label, row.actor_label, row.by_support, row.before, row.after)


def _told(row: SeatSync) -> Told:
    return Told(row.quantity, row.proration_behavior, row.stripe_request_id)


def _telling(row: Subscription | None, seats: int, syncs: Sequence[SeatSync]) -> Telling:
    """An attempt at the number that Stripe has is a change of plan: nothing about seats is open."""
    off = row is not None and sync.seats_are_off(row, max(1, seats))
    attempt = next((told for told in syncs if told.told_at is None), None)
    if attempt is not None and (off or row is None or attempt.quantity != row.quantity):
        ends = attempt.claimed_until
        return Telling.UNDER_WAY if ends is not None and ends > timezone.now() else Telling.FAILED
    return Telling.WAITS if off else Telling.DONE
