"""A story in print: the date on its clock, what Stripe said, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from textwrap import fill
from typing import Any

from stripe_sandbox.scenarios.catalogue import CHAPTERS
from stripe_sandbox.scenarios.history import history_of
from stripe_sandbox.scenarios.running import Told
from stripe_sandbox.scenarios.scenario import Scenario
from stripe_sandbox.scenarios.stage import Stage

Say = Callable[[str], None]
WITHOUT_CENTS = ("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf").split()


class Narrator:
    """Called after each step: says which events have come since the last one."""

    def __init__(self, say: Say) -> None:
        self.say, self.count = say, 0

    def __call__(self, stage: Stage) -> None:
        events = history_of(stage.api, stage.customer)
        for moment, together in groupby(events[self.count :], key=lambda event: when(event["created"])):
            types = ", ".join(event["type"] for event in together)
            self.say(fill(types, 110, initial_indent=f"  {moment}  ", subsequent_indent=" " * 20))
        self.count = len(events)


def conclude(told: Told, say: Say) -> None:
    for subscription in told.subscriptions:
        say(f"  {subscription['id']} is {subscription['status']}")
    for invoice in told.invoices:
        amount = money(invoice["total"], invoice["currency"])
        say(f"  {invoice['id']} of {when(invoice['created'])[:10]}: {amount}, {invoice['status']}")
    for surprise in told.surprises:
        say(f"  NOT AS EXPECTED: {surprise}")


def heading(scenario: Scenario) -> str:
    return f"{scenario.slug}: {scenario.title}\n  {scenario.shows}"


def listing() -> list[str]:
    lines = []
    for chapter in CHAPTERS:
        lines += ["", chapter.subject]
        lines += [f"  {scenario.slug:<28}{scenario.title}" for scenario in chapter.scenarios]
    return lines[1:]


def table() -> list[str]:
    """The catalogue as docs/scenarios.md shows it."""
    lines = []
    for chapter in CHAPTERS:
        lines += [f"### {chapter.subject}", "", "| scenario | shows | ends | team |", "|---|---|---|---|"]
        lines += [_row(scenario) for scenario in chapter.scenarios] + [""]
    return lines


def _row(scenario: Scenario) -> str:
    local = " (sandbox only)" if scenario.local else ""
    ends = ", ".join(f"`{status}`" for status in scenario.ends) or "nothing sold"
    teams = ", ".join(f"`{state}`" for state in scenario.states)
    return f"| `{scenario.slug}`{local} | {scenario.title}. {scenario.shows} | {ends} | {teams} |"


def as_data(told: Told) -> dict[str, Any]:
    """`subscription` is the newest; `subscriptions` holds all of them."""
    newest = told.subscriptions[-1] if told.subscriptions else None
    return {
        "slug": told.slug,
        "subscription": newest,
        "subscriptions": told.subscriptions,
        "invoices": told.invoices,
        "events": told.events,
        "surprises": told.surprises,
    }


def when(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M}"


def money(amount: int, currency: str) -> str:
    sign = "-" if amount < 0 else ""
    if currency in WITHOUT_CENTS:
        return f"{sign}{abs(amount):,} {currency}"
    return f"{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02} {currency}"
