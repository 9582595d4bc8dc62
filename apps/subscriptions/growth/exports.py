"""The same numbers as files: months, and everybody whose payment and access do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.core.spreadsheets import as_csv
from apps.subscriptions.growth.report import Report
from apps.subscriptions.growth.standing import Line
from apps.subscriptions.holders import holder_label, holder_model

PIECE = 1000


def months_as_csv(report: Report) -> Iterator[str]:
    """Revenue in the minor unit of each currency: 2900 is $29.00."""
    fixed = ("month", "new_people", "new_teams", "trials", "began_to_pay", "left", "paying", "estimated")
    columns = (*fixed, *(f"mrr_{currency}" for currency in report.currencies))
    return as_csv(columns, _months(report))


def _months(report: Report) -> Iterator[tuple[Any, ...]]:
    for month in report.months:
        counts = (month.people, month.teams, month.trials, month.began, month.left, month.paying)
        money = (month.monthly.get(currency, 0) for currency in report.currencies)
        yield (month.start.date().isoformat(), *counts, "yes" if month.is_estimated else "no", *money)


def differing_as_csv(report: Report) -> Iterator[str]:
    return as_csv(("holder_id", "name", "standing", "plan", "seats", "currency"), _differing(report))


def _differing(report: Report) -> Iterator[tuple[Any, ...]]:
    for line, name in named(report.differing):
        yield (str(line.holder_id), name, line.standing.value, line.plan_slug, line.seats, line.currency)


def named(lines: list[Line]) -> Iterator[tuple[Line, str]]:
    """With what the holder is called; a query for each thousand."""
    for start in range(0, len(lines), PIECE):
        piece = lines[start : start + PIECE]
        holders = holder_model()._default_manager.in_bulk([line.holder_id for line in piece])
        for line in piece:
            yield line, holder_label(holders[line.holder_id]) if line.holder_id in holders else ""
