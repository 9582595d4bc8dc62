"""What all parts of a run together come to: the lines at its end."""

from __future__ import annotations

from collections import Counter
from typing import Any


def lines(told: list[dict[str, Any]]) -> list[str]:
    """None when nothing was fuzzed."""
    if not told:
        return []
    statuses: Counter[str] = Counter()
    answered, asked = set(), set()
    for part in told:
        statuses.update(part["statuses"])
        answered |= set(part["answered"])
        asked |= set(part["asked"])
    broken = sum(count for status, count in statuses.items() if status >= "500")
    return [
        f"{statuses.total():,} requests, {broken} answered 500 or above (seed {told[0]['seed']})",
        "by status: " + ", ".join(f"{status} {count:,}" for status, count in sorted(statuses.items())),
        f"{len(asked)} addresses asked, {len(answered)} answered by their own view",
        *([f"only refused: {', '.join(sorted(asked - answered))}"] if len(asked - answered) < 40 else []),
    ]
