"""What `stripe_sandbox.recording` wrote, from all processes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Sighting = dict[str, Any]


@dataclass
class Recorded:
    sightings: list[Sighting] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def of(self, kind: str, origin: str = "") -> list[Sighting]:
        return [s for s in self.sightings if s["kind"] == kind and origin in ("", s["origin"])]

    def count(self, kind: str, origin: str = "") -> int:
        origins = [origin] if origin else ["product", "sandbox"]
        return sum(self.counts[f"{kind} {asker}"] for asker in origins)


def read(folder: Path) -> Recorded:
    recorded = Recorded([json.loads(line) for line in lines(folder)])
    for path in sorted(folder.glob("*.counts")):
        recorded.counts.update(json.loads(path.read_text()))
    return recorded


def lines(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.jsonl")):
        # a killed process may have left half a line at its end
        yield from path.read_text().split("\n")[:-1]
