"""What was measured over HTTP, as figures beside their baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.results import Figure, beside

SIGNED_IN = "a bare Django page of the same size with a session, a person and one query"
ANONYMOUS = "a bare Django page of the same size"


def figures(rows: Mapping[str, Mapping[str, Any]], memory: float, bare_memory: float) -> list[Figure]:
    of_memory = beside("memory of a worker", memory, "MiB", "a worker that serves bare pages", bare_memory)
    return [*(_figure(name, row) for name, row in rows.items()), of_memory]


def _figure(name: str, row: Mapping[str, Any]) -> Figure:
    baseline = SIGNED_IN if row["is_signed_in"] else ANONYMOUS
    target = f"at least {row['at_least']:.0%}"
    ours, bare = row["product"]["per_second"], row["bare"]["per_second"]
    return beside(name, ours, "requests/s", baseline, bare, target)
