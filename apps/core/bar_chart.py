"""Bars as numbers a template draws: one a month, the tallest as high as the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 720, 170, 8  # the SVG's own units
LETTER = 7  # of the widest label a bar has room for


@dataclass(frozen=True)
class Bar:
    label: str  # above the bar
    name: str  # below it
    x: int
    y: int
    width: int
    height: int
    is_quiet: bool = False  # estimated

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


def bars(values: Sequence[tuple[str, int, str, bool]]) -> list[Bar]:
    """Of (name, value, label, is it quiet). Labels that would touch each other are left to the table."""
    if not values:
        return []
    top, step = max(1, *(value for _name, value, _label, _quiet in values)), WIDTH // len(values)
    fits = all(len(label) * LETTER <= step for _name, _value, label, _quiet in values)
    return [
        Bar(
            label=label if fits and value else "",
            name=name if step >= 36 or not index % 3 else "",
            x=index * step,
            y=HEIGHT - HEIGHT * max(0, value) // top,
            width=step - min(GAP, step // 3),
            height=HEIGHT * max(0, value) // top,
            is_quiet=quiet,
        )
        for index, (name, value, label, quiet) in enumerate(values)
    ]
