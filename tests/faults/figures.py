"""What all flows together come to: a table at the end of a run, and in docs/faults-injected.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.faults.flows import Report

LINE = "{:<24} {:>9,}"


@dataclass(frozen=True)
class Figures:
    """Of one flow, or of all."""

    flows: int = 0
    positions: int = 0
    faults: int = 0
    failures: int = 0
    second_clicks: int = 0
    longest_wait: float = 0  # seconds, by the clock of the simulated line

    @classmethod
    def of(cls, report: Report) -> Figures:
        return cls(
            1,
            report.positions,
            report.faults,
            len(report.failures),
            report.second_clicks,
            report.longest_wait,
        )


def table(told: Iterable[dict[str, Any]]) -> list[str]:
    """The lines; none when no flow was run."""
    rows = [Figures(**row) for row in told]
    if not rows:
        return []
    total = {name: sum(getattr(row, name) for row in rows) for name in ("flows", "positions", "faults")}
    return [
        LINE.format("flows", total["flows"]),
        LINE.format("call positions", total["positions"]),
        LINE.format("faults", total["faults"]),
        LINE.format("runs", total["faults"] + total["flows"]),  # each flow once without a fault
        LINE.format("doubled or lost effects", sum(row.failures for row in rows)),
        LINE.format("needed a second click", sum(row.second_clicks for row in rows)),
        LINE.format("longest wait, seconds", round(max(row.longest_wait for row in rows), 1)),
    ]
