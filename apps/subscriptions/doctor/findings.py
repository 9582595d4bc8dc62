"""What one check saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

MOST_NAMED = 5


@dataclass(frozen=True)
class Finding:
    level: Literal["ok", "warn", "fail"]
    text: str
    cure: str = ""
    check: str = ""

    def of(self, check: str) -> Finding:
        return replace(self, check=check)


def ok(text: str) -> Finding:
    return Finding("ok", text)


def warn(text: str, cure: str) -> Finding:
    return Finding("warn", text, cure)


def fail(text: str, cure: str) -> Finding:
    return Finding("fail", text, cure)


def named(things: Sequence[object]) -> str:
    """The first few, and how many more there are."""
    more = len(things) - MOST_NAMED
    return ", ".join(map(str, things[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")
