"""What may become of an event and of the worker who works it: drawn by chance, told in sentences."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.chaos.stories import Story

# What becomes of the task that an event leaves. "works" first: what Hypothesis shrinks to.
WORKERS = [
    "works",
    "is busy until the end of the day",
    "never hears of it",
    "dies on the phone, before Stripe gets the call",
    "dies on the phone, after Stripe got the call",
    "dies between two statements",
    "dies after the commit, and the task comes again",
    "is overtaken by the next event while reading",
    "finds Stripe busy",
    "finds Stripe away",
]
BEATS = ["nothing", "the sweeper", "the hourly run", "the daily run", "the sweeper, an hour later"]


@dataclass(frozen=True)
class Fate:
    """`late`: moments of the story. `jumps`: places it comes earlier or later than its neighbours."""

    lost: bool = False
    late: int = 0
    jumps: int = 0
    copies: int = 1
    worker: str = WORKERS[0]
    step: int = 1

    @property
    def is_plain(self) -> bool:
        return self == Fate()

    def __str__(self) -> str:
        if self.lost:
            return "is lost"
        said = []
        if self.late:
            said.append(f"comes {self.late} moments late")
        if self.jumps:
            said.append(f"comes {abs(self.jumps)} places {'later' if self.jumps > 0 else 'earlier'}")
        if self.copies > 1:
            said.append(f"comes {self.copies} times")
        if self.worker != WORKERS[0]:
            said.append(f"its worker {self.worker}{self._where}")
        return ", ".join(said) or "comes and is worked"

    @property
    def _where(self) -> str:
        if "on the phone" in self.worker or "overtaken" in self.worker:
            return f" (call {self.call})"
        return f" (statement {self.statement})" if "statements" in self.worker else ""

    @property
    def call(self) -> int:
        return 1 + self.step % 4

    @property
    def statement(self) -> int:
        return self.step * 3


@dataclass(frozen=True)
class Plan:
    """A fate for each event of the story, and who passes by at the end of each moment."""

    story: Story
    fates: tuple[Fate, ...]
    beats: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        return all(fate.is_plain for fate in self.fates)

    def __repr__(self) -> str:
        """Hypothesis prints it: the story, without what went as it should."""
        number = itertools.count(1)
        fates = iter(self.fates)
        lines = [f"{self.story.slug}. Its {len(self.fates)} events come in order and are worked, but:"]
        for moment, beat in zip(self.story.moments, self.beats, strict=True):
            day = f"    day {(moment.at - self.story.begins).days}:"
            for event, fate in zip(moment.events, fates, strict=False):
                place = next(number)
                if not fate.is_plain:
                    lines.append(f"{day} event {place}, {event['type']}, {fate}")
            if beat != BEATS[0]:
                lines.append(f"{day} then comes {beat}")
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


def fates() -> st.SearchStrategy[Fate]:
    return st.one_of(
        st.just(Fate()),
        st.builds(
            Fate,
            lost=st.sampled_from([False, False, False, True]),
            late=st.sampled_from([0, 0, 0, 1, 2, 5]),
            jumps=st.integers(-3, 3),
            copies=st.sampled_from([1, 1, 2, 3]),
            worker=st.sampled_from(WORKERS),
            step=st.integers(1, 40),
        ),
    )


@st.composite
def plans(draw: st.DrawFn, story: Story) -> Plan:
    """Drawn piece by piece: then Hypothesis prints the plan in its own words."""
    fate_of_each = tuple(draw(fates()) for _event in story.events)
    return Plan(story, fate_of_each, tuple(draw(st.sampled_from(BEATS)) for _moment in story.moments))


def in_order(story: Story) -> Plan:
    """The clean run: every event comes at once and is worked at once."""
    return Plan(story, (Fate(),) * len(story.events), (BEATS[0],) * len(story.moments))
