"""The same numbers as files: months, and everybody whose payment and access do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.core.spreadsheets import as_csv
from apps.subscriptions.growth.differing import differing
from apps.subscriptions.growth.report import Report


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
    return as_csv(("holder_id", "name", "standing", "plan"), _differing(report))


def _differing(report: Report) -> Iterator[tuple[Any, ...]]:
    for line in differing(report):
        yield (str(line.holder.pk), line.name, line.standing.value, line.plan_slug)
