"""So many rows wait, the oldest from then: what readiness, the admin and alerts tell, counted by an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

COUNT_TO = 10_000  # a day of trouble must not make the question slow, too
LATE = timedelta(minutes=15)  # then what waits is trouble


def counted(number: int) -> str:
    """As people read it: nobody counted further than `COUNT_TO`."""
    return f"{number}+" if number >= COUNT_TO else str(number)


@dataclass(frozen=True)
class Pile:
    """So many rows (`COUNT_TO` means that or more), the oldest from then."""

    count: int = 0
    oldest: datetime | None = None

    @property
    def age(self) -> timedelta:
        """Of the oldest; nothing when there is none, or when its clock ran ahead of ours."""
        return max(timezone.now() - self.oldest, timedelta()) if self.oldest else timedelta()

    @property
    def label(self) -> str:
        return counted(self.count)

    @property
    def is_late(self) -> bool:
        return self.age > LATE

    def __bool__(self) -> bool:
        return self.count > 0

    def __add__(self, other: Pile) -> Pile:
        moments = [pile.oldest for pile in (self, other) if pile.oldest]
        return Pile(self.count + other.count, min(moments, default=None))


def pile_of(rows: QuerySet[Any], moment: str) -> Pile:
    """`rows` in the order of an index; `COUNT_TO` of them are read at most."""
    found = rows.only("pk", moment)[:COUNT_TO].aggregate(all=Count("pk"), oldest=Min(moment))
    return Pile(found["all"], found["oldest"])
