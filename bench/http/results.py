"""What was measured over HTTP, as bench/results/http.json keeps it: figures beside baseline and target."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.results import machine

SIGNED_IN = "a bare Django page of the same size with a session, a person and one query"
ANONYMOUS = "a bare Django page of the same size"


def results(rows: Mapping[str, Mapping[str, Any]], memory: float, bare_memory: float) -> dict[str, Any]:
    figures = [_figure(name, row) for name, row in rows.items()]
    figures.append(
        {
            "name": "memory of a worker",
            "value": memory,
            "unit": "MiB",
            "baseline": "a worker that serves bare pages",
            "baseline_value": bare_memory,
            "ratio": round(memory / bare_memory, 3),
            "target": None,
        }
    )
    date = datetime.now(UTC).date().isoformat()
    return {"subject": "http", "date": date, "machine": machine(), "figures": figures}


def _figure(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """`target`: the share of the bare page's rate that it has to reach, in words."""
    return {
        "name": name,
        "value": row["product"]["per_second"],
        "unit": "requests/s",
        "baseline": SIGNED_IN if row["is_signed_in"] else ANONYMOUS,
        "baseline_value": row["bare"]["per_second"],
        "ratio": row["share"],
        "target": f"at least {row['at_least']:.0%}" if row["at_least"] else "",
    }


def save(told: Mapping[str, Any], file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(told, indent=2) + "\n")
