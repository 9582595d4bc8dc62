"""Who came and went, and what Stripe was told of it: the two ledgers as one, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import starmap
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


# What is read of a row: where it stands, then what it tells. No models are made of them: a tab shows many.
class _Change(NamedTuple):
    pk: int
    at: datetime
    change: Change

    @classmethod
    def of(cls, pk: int, at: datetime, *change: Any) -> _Change:
        return cls(pk, at, Change(*change))


class _Sync(NamedTuple):
    covers_changes_to: int
    pk: int
    told_at: datetime | None
    claimed_until: datetime | None
    told: Told

    @classmethod
    def of(cls, to: int, pk: int, told_at: datetime | None, until: datetime | None, *told: Any) -> _Sync:
        return cls(to, pk, told_at, until, Told(*told))


_CHANGE = (*_Change._fields[:-1], *Change._fields)
_SYNC = (*_Sync._fields[:-1], *Told._fields)


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
    page: Page[Any] | None = None


def newest_lines(holder: SubscriptionModelBase, row: Subscription | None, seats: int) -> SeatLedger:
    """The first NEWEST, for the tab. `seats`: what the holder counts now. Two queries."""
    changes = list(starmap(_Change.of, _newest_changes.ask(holder=holder.pk)))
    asked = _newest_syncs.ask(holder=holder.pk, oldest=changes[-1].pk if changes else 0)
    syncs = list(starmap(_Sync.of, asked))
    return SeatLedger(_merged(changes, syncs)[:NEWEST], _telling(row, seats, syncs))


def ledger_page(
    holder: SubscriptionModelBase, row: Subscription | None, number: str | None, seats: int
) -> SeatLedger:
    """A page of changes with the syncs between them; the last or first page for a number that is none.

    Three queries.
    """
    page = NearestPages(_changes(holder.pk), A_PAGE).get_page(number)
    changes = list(starmap(_Change.of, page.object_list))
    newest = changes[0].pk if changes and page.has_previous() else None
    oldest = changes[-1].pk if changes and page.has_next() else 0
    syncs = list(starmap(_Sync.of, _syncs(holder.pk, oldest=oldest, newest=newest)))
    return SeatLedger(_merged(changes, syncs), _telling(row, seats, syncs), page)


def _changes(holder: Any) -> QuerySet[Any]:
    return changes_of(holder).values_list(*_CHANGE)


def _syncs(holder: Any, *, oldest: int | Slot, newest: int | None = None) -> QuerySet[Any]:
    """Those that cover these changes, newest first, and the one under way."""
    covers = Q(covers_changes_to__gte=oldest)
    if newest is not None:
        covers &= Q(covers_changes_to__lte=newest)
    syncs = SeatSync.objects.filter(covers | Q(told_at=None), holder_id=holder)
    return syncs.values_list(*_SYNC)[:MOST_SYNCS]


_HOLDER = SeatChange._meta.get_field("holder")  # its model may be loaded later than this file
_newest_changes: Prepared[Any] = Prepared(lambda holder: _changes(holder)[:NEWEST], holder=_HOLDER)
_newest_syncs: Prepared[Any] = Prepared(
    _syncs, holder=_HOLDER, oldest=SeatSync._meta.get_field("covers_changes_to")
)


def _merged(changes: Sequence[_Change], syncs: Sequence[_Sync]) -> list[LedgerLine]:
    """A sync stands above the newest change that it covers."""
    lines = [(row.pk, 0, row.pk, LedgerLine(row.at, change=row.change)) for row in changes]
    lines += [
        (row.covers_changes_to, 1, row.pk, LedgerLine(row.told_at, told=row.told))
        for row in syncs
        if row.told_at is not None
    ]
    lines.sort(key=lambda line: line[:3], reverse=True)
    return [line for *_order, line in lines]


def _telling(row: Subscription | None, seats: int, syncs: Sequence[_Sync]) -> Telling:
    """An attempt at the number that Stripe has is a change of plan: nothing about seats is open."""
    off = row is not None and sync.seats_are_off(row, max(1, seats))
    attempt = next((told for told in syncs if told.told_at is None), None)
    if attempt is not None and (off or row is None or attempt.told.quantity != row.quantity):
        ends = attempt.claimed_until
        return Telling.UNDER_WAY if ends is not None and ends > timezone.now() else Telling.FAILED
    return Telling.WAITS if off else Telling.DONE
