"""The whole ledger as rows for a spreadsheet, oldest first, a few at a time."""

from __future__ import annotations

import csv
import heapq
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from apps.core.billing import SubscriptionModelBase
from apps.subscriptions.models import SeatChange, SeatSync

COLUMNS = (
    "at",
    "event",
    "person",
    "by",
    "reason",
    "before",
    "after",
    "seats_billed",
    "stripe_subscription",
    "stripe_request",
)
BOM = "\ufeff"  # without it Excel takes UTF-8 for its own old alphabet
AT_A_TIME = 2000
# What a spreadsheet takes for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Where semicolons divide the cells (most of Europe), our quotation marks hold nothing together: what stands
# behind a semicolon or in a new line begins a cell of its own.
BEGINS_A_CELL_ELSEWHERE = re.compile(r"([;\t\r\n][;\t\r\n \"]*)(?=[=+\-@＝＋－＠])")

Row = tuple[Any, ...]


def ledger_as_csv(holder: SubscriptionModelBase) -> Iterator[str]:
    """RFC 4180 in pieces of many lines, times in UTC. Memory does not grow with the number of lines."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow(COLUMNS)
    piece: list[str] = []
    for row in ledger_rows(holder):
        piece.append(writer.writerow([_cell(value) for value in row]))
        if len(piece) == AT_A_TIME:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)


def ledger_rows(holder: SubscriptionModelBase) -> Iterator[Row]:
    """In the order of COLUMNS; a quantity stands behind the changes of its moment that it covers."""
    return (row for _key, row in heapq.merge(_changes(holder), _told(holder), key=lambda pair: pair[0]))


def _changes(holder: SubscriptionModelBase) -> Iterator[tuple[Any, Row]]:
    names = ("pk", "at", "person_label", "actor_label", "reason", "before", "after")
    rows = SeatChange.objects.filter(holder_id=holder.pk).order_by("at", "pk").values_list(*names)
    for pk, at, person, by, reason, before, after in rows.iterator(AT_A_TIME):
        yield (at, 0, pk), (at, "change", person, by, reason, before, after, "", "", "")


def _told(holder: SubscriptionModelBase) -> Iterator[tuple[Any, Row]]:
    names = ("pk", "told_at", "quantity", "subscription_stripe_id", "stripe_request_id")
    told = SeatSync.objects.filter(holder_id=holder.pk, told_at__isnull=False).order_by("told_at", "pk")
    for pk, at, seats, subscription, request in told.values_list(*names).iterator(AT_A_TIME):
        yield (at, 1, pk), (at, "told", "", "", "", "", "", seats, subscription, request)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return _as_text(value) if isinstance(value, str) else value


def _as_text(value: str) -> str:
    """With an apostrophe before whatever a spreadsheet would work out."""
    inside = BEGINS_A_CELL_ELSEWHERE.sub(r"\1'", value)
    return f"'{inside}" if value.lstrip(" ").startswith(FORMULA) else inside


class _Echo:
    """What `csv` writes comes back as the answer of `writerow`."""

    def write(self, text: str) -> str:
        return text
