"""What `components/table.html` shows: columns, and rows of plain values below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    label: str
    is_number: bool = False  # set at the end, its digits below each other


@dataclass(frozen=True)
class Table:
    columns: Sequence[Column]
    values: Iterable[Sequence[object]]

    @property
    def rows(self) -> list[list[tuple[Column, object]]]:
        """Each value with its column: on a phone the cell says which one it is."""
        return [list(zip(self.columns, row, strict=True)) for row in self.values]
