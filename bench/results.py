"""What was measured, kept as JSON: one file a subject. docs/benchmarks.md is made of them."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Figure:
    """`ratio`: of value to baseline_value. `target`: what is wished of it, in words, "" if nothing is."""

    name: str
    value: float
    unit: str
    baseline: str = ""
    baseline_value: float | None = None
    ratio: float | None = None
    target: str = ""


def beside(
    name: str, value: float, unit: str, baseline: str, baseline_value: float, target: str = ""
) -> Figure:
    ratio = round(value / baseline_value, 2) if baseline_value else None
    return Figure(name, rounded(value), unit, baseline, rounded(baseline_value), ratio, target)


def rounded(value: float) -> float:
    """Four digits say all that a measurement knows."""
    return float(f"{value:.4g}")


def write(subject: str, figures: list[Figure], *, note: str = "", folder: Path = FOLDER) -> None:
    folder.mkdir(exist_ok=True)
    kept = {
        "subject": subject,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "note": note,
        "figures": [asdict(figure) for figure in figures],
    }
    (folder / f"{subject}.json").write_text(json.dumps(kept, indent=2) + "\n")


def machine() -> dict[str, Any]:
    """`load`: of the minute before, on so many cores. Above a third of them, times say little."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "load": round(os.getloadavg()[0], 1),
    }
