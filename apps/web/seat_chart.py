"""Seats over the last twelve months, as numbers a template draws and a table repeats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone

from apps.core.memory import shown_by_fields
from apps.core.prepared import Prepared, Slot
from apps.subscriptions.models import SeatChange
from apps.teams.models import Team

MONTHS = 12
WIDTH, HEIGHT, GAP = 720, 170, 8  # the SVG's own units


@shown_by_fields
@dataclass(frozen=True)
class Bar:
    month: datetime
    seats: int
    x: int
    y: int
    width: int
    height: int

    @property
    def label(self) -> str:
        """Short enough for its bar; the table has the number itself."""
        if self.seats < 1000:
            return str(self.seats)
        thousands = self.seats / 1000
        return f"{thousands:.1f}k" if thousands < 10 else f"{thousands:.0f}k"

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


def seat_chart(team: Team) -> list[Bar]:
    """One bar a month, the running one last (one query). Empty in a team's first month: one bar says nothing.

    A bar shows the seats at the end of its month, the last one those of now.
    """
    now = timezone.localtime()
    months = [*_months(now), now]
    changes = [_Change(*row) for row in _changes.ask(holder=team.pk, since=months[0])]
    if not changes:
        return []
    counts = [_seats_at(end, changes) for _start, end in pairwise(months)]
    return _bars(months[:-1], counts) if any(counts[:-1]) else []


class _Change(NamedTuple):
    at: datetime
    before: int
    after: int


def _changes_since(holder: Slot, since: Slot) -> QuerySet[Any]:
    """And the last one before, which tells what they began with."""
    changes = SeatChange.objects.filter(holder_id=holder)
    eve = changes.filter(at__lt=since).order_by("-at", "-pk").values("pk")[:1]
    shown = changes.filter(Q(at__gte=since) | Q(pk=Subquery(eve)))
    return shown.order_by("at", "pk").values_list(*_Change._fields)


_changes: Prepared[Any] = Prepared(
    _changes_since, holder=Team._meta.pk, since=SeatChange._meta.get_field("at")
)


def _months(now: datetime) -> list[datetime]:
    """The starts of the last twelve months, the running one last."""
    starts = []
    year, month = now.year, now.month
    for _step in range(MONTHS):
        starts.append(now.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return starts[::-1]


def _seats_at(moment: datetime, changes: list[_Change]) -> int:
    known = [change for change in changes if change.at <= moment]
    return known[-1].after if known else changes[0].before


def _bars(months: list[datetime], counts: list[int]) -> list[Bar]:
    top = max(1, *counts)
    step = WIDTH // MONTHS
    return [
        Bar(
            month=month,
            seats=seats,
            x=index * step,
            y=HEIGHT - HEIGHT * seats // top,
            width=step - GAP,
            height=HEIGHT * seats // top,
        )
        for index, (month, seats) in enumerate(zip(months, counts, strict=True))
    ]
