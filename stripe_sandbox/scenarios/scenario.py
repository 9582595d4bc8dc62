"""What a scenario is, and the decorator that makes one of a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stripe_sandbox.scenarios.stage import Stage

BEGAN = datetime(2027, 1, 6, 10, tzinfo=UTC)
"""Fixed, because what a part of a period costs depends on how long the month is."""


@dataclass(frozen=True)
class Scenario:
    """`ends`: the subscriptions' statuses, oldest first. `invoices`: "status total", oldest first.

    `events` come in this order, `type@31` on that day of the story; others may stand between. `states` are
    the demo's teams that live it. `local`: needs the sandbox's pages or its control API.
    """

    slug: str
    title: str
    shows: str
    tell: Callable[[Stage], None]
    subject: str
    ends: tuple[str, ...]
    invoices: tuple[str, ...]
    events: tuple[str, ...]
    states: tuple[str, ...] = ()
    card: str = "pm_card_visa"
    began: datetime = BEGAN
    local: bool = False


@dataclass
class Chapter:
    """The scenarios of one file: `@chapter.scenario(...)` above a function adds the story it tells."""

    subject: str
    scenarios: list[Scenario] = field(default_factory=list)

    def scenario(
        self,
        title: str,
        shows: str,
        *,
        ends: str,
        invoices: str = "",
        events: str = "",
        states: str = "",
        card: str = "pm_card_visa",
        began: datetime = BEGAN,
        local: bool = False,
    ) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
        """The function's name gives the slug. Lists are words, invoices are set apart by commas."""

        def add(tell: Callable[[Stage], None]) -> Callable[[Stage], None]:
            self.scenarios.append(
                Scenario(
                    slug=tell.__name__.replace("_", "-"),
                    title=title,
                    shows=shows,
                    tell=tell,
                    subject=self.subject,
                    ends=tuple(ends.split()),
                    invoices=tuple(part.strip() for part in invoices.split(",") if part.strip()),
                    events=tuple(events.split()),
                    states=tuple(states.split()),
                    card=card,
                    began=began,
                    local=local,
                )
            )
            return tell

        return add
