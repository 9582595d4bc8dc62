"""Subscriptions in a few groups, counted by the database: by standing, plan and price, month by month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Value, When

from apps.subscriptions.growth.standing import (
    OVER,
    PAYING,
    Standing,
    paid_at,
    paid_until,
    refined,
    with_standing,
)
from apps.subscriptions.growth.worth import Shape, Worth, rounded
from apps.subscriptions.models import Subscription

BY = ("is_current", "standing", "has_comp", "plan_slug", "currency", "price_id", "quantity")


@dataclass(frozen=True)
class Group:
    """Rows that stand the same way and cost the same: `count` holders now, `paid` at each month's end."""

    standing: str
    plan_slug: str
    currency: str
    quantity: int | None
    count: int  # of those that are current
    each: Fraction  # a month, in fractions of the minor unit
    paid: list[int] = field(default_factory=list)

    @property
    def pays(self) -> bool:
        return self.standing in PAYING

    @property
    def monthly(self) -> Fraction:
        return self.each * self.count

    @property
    def seats(self) -> int:
        return (self.quantity or 0) * self.count


@dataclass(frozen=True)
class Counted:
    groups: list[Group]
    worth: Worth


def counted(rows: QuerySet[Subscription], now: datetime, ends: list[datetime]) -> Counted:
    """Two queries: the groups, and their prices."""
    months = {f"paid_{index}": Count("pk", filter=paid_at(end)) for index, end in enumerate(ends)}
    found = with_standing(rows.order_by(), now).annotate(paid_until=paid_until())
    grouped = list(found.values(*BY).annotate(count=Count("pk"), **months))
    worth = Worth(map(shape_of, grouped))
    return Counted([_group(row, worth, len(ends)) for row in grouped], worth)


def shape_of(row: dict[str, Any]) -> Shape:
    return row["price_id"], row["currency"], row["quantity"]


def _group(row: dict[str, Any], worth: Worth, ends: int) -> Group:
    each, current = worth.of(shape_of(row)), row["is_current"]
    standing = refined(row["standing"], costs=bool(each), has_comp=row["has_comp"]) if current else OVER
    return Group(
        standing=standing,
        plan_slug=row["plan_slug"],
        currency=row["currency"],
        quantity=row["quantity"],
        count=row["count"] if current else 0,
        each=each,
        paid=[row[f"paid_{index}"] for index in range(ends)],
    )


def worth_nothing(worth: Worth) -> Q:
    """Rows whose price comes to nothing."""
    found = Q(pk__in=[])
    for price, currency, quantity in worth.nothing:
        found |= Q(price_id=price, currency=currency, quantity=quantity)
    return found


@dataclass(frozen=True)
class Moves:
    paying: int
    began: int
    left: int


def moves(worth: Worth, ends: list[datetime]) -> list[Moves]:
    """Between each moment and the next: who pays, who began and who left, each holder once (one query)."""
    rows = Subscription.objects.order_by().exclude(worth_nothing(worth)).annotate(paid_until=paid_until())
    flags = {f"at_{index}": _flag(end) for index, end in enumerate(ends)}
    holders = rows.values("holder_id").annotate(**flags)
    sums: dict[str, Any] = {}
    for index in range(1, len(ends)):
        was, is_now = f"at_{index - 1}", f"at_{index}"
        sums[f"paying_{index}"] = Count("holder_id", filter=Q(**{is_now: 1}))
        sums[f"began_{index}"] = Count("holder_id", filter=Q(**{was: 0, is_now: 1}))
        sums[f"left_{index}"] = Count("holder_id", filter=Q(**{was: 1, is_now: 0}))
    found = holders.aggregate(**sums)
    return [
        Moves(found[f"paying_{index}"], found[f"began_{index}"], found[f"left_{index}"])
        for index in range(1, len(ends))
    ]


def _flag(end: datetime) -> Max:
    return Max(Case(When(paid_at(end), then=Value(1)), default=Value(0), output_field=IntegerField()))


def by_currency(groups: Iterable[Group], month: int | None = None) -> dict[str, int]:
    """{currency: a month's revenue}, now or at the end of a month; added up exactly, rounded once."""
    sums: dict[str, Fraction] = {}
    for group in groups:
        count = group.count * group.pays if month is None else group.paid[month]
        if count and group.each:
            sums[group.currency] = sums.get(group.currency, Fraction(0)) + group.each * count
    return {currency: rounded(amount) for currency, amount in sorted(sums.items())}


def holders_by_standing(groups: Iterable[Group], given: int) -> dict[Standing, int]:
    """`given`: how many have a given plan and no subscription."""
    found = dict.fromkeys(Standing, 0)
    for group in groups:
        if group.standing != OVER:
            found[Standing(group.standing)] += group.count
    found[Standing.COMP] += given
    return {standing: count for standing, count in found.items() if count}
