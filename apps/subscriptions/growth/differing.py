"""Everybody whose payment and access do not go together, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.db.models import Q, QuerySet

from apps.subscriptions.growth.groups import worth_nothing
from apps.subscriptions.growth.report import Report
from apps.subscriptions.growth.standing import OVER, Standing, comps_alone, refined, with_standing
from apps.subscriptions.holders import holder_label
from apps.subscriptions.models import Comp, Subscription

PIECE = 1000


@dataclass(frozen=True)
class Line:
    holder: Any
    name: str
    standing: Standing
    plan_slug: str


def differing(report: Report, most: int | None = None) -> Iterator[Line]:
    """Subscriptions first, weightiest first; then plans given away. At most two queries."""
    yield from islice(chain(_subscribed(report, most), _given(report, most)), most)


def _subscribed(report: Report, most: int | None) -> Iterator[Line]:
    nothing = worth_nothing(report.counted.worth)
    costs_nothing = set(report.counted.worth.nothing)
    for row in _some(_rows(report, nothing), most):
        costs = (row.price_id, row.currency, row.quantity) not in costs_nothing
        standing = refined(row.standing, costs=costs, has_comp=row.has_comp)
        yield Line(row.holder, holder_label(row.holder), Standing(standing), row.plan_slug)


def _rows(report: Report, nothing: Q) -> QuerySet[Subscription, Any]:
    rows = with_standing(Subscription.objects.filter(is_current=True), report.counted_at)
    other = ~Q(standing__in=[OVER, Standing.PAID]) | Q(standing=OVER, has_comp=True)
    found = rows.filter(other | (Q(standing=Standing.PAID) & nothing))
    return found.select_related("holder").order_by("standing", "created", "pk")


def _given(report: Report, most: int | None) -> Iterator[Line]:
    comps: QuerySet[Comp, Any] = comps_alone(report.counted_at).select_related("holder").order_by("pk")
    for comp in _some(comps, most):
        yield Line(comp.holder, holder_label(comp.holder), Standing.COMP, comp.plan_slug)


def _some(rows: QuerySet[Any, Any], most: int | None) -> Any:
    return rows.iterator(PIECE) if most is None else rows[:most]
