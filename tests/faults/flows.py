"""What a flow is, and running it with one fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.faults.line import FAULTS, Call, Fault, Lasting, Trouble, pattern
from tests.faults.stage import AT_STRIPE, LOG, Stage, first_difference, words

Step = Callable[[Stage], object]
MOST_SECONDS = 12.5  # REQUEST_SECONDS, and the hundredth of a second that a call after them gets
MOST_CALLS = 20

ALWAYS = {
    ("503", Lasting.FROM_THEN_ON),
    ("answer lost, done", Lasting.ONCE),
    ("timed out, done later", Lasting.ONCE),
    ("500 that is given again", Lasting.ONCE),
}
DONE_HERE = {"team.member_added", "team.member_removed", "subscription.synced_by_staff"}
"""What is true before Stripe hears of it, or changes nothing there."""
BY_TURNS = 97  # prime to the number of faults, so that each comes at some call

CURE = re.compile(
    r"[Tt]ry(ing)? again|([Ll]ook|Check) again|in a minute|Choose a plan"
    r"|[Rr]un the command again|invite all the same"
)
"""What to do, in the words of our errors."""


def nothing(stage: Stage) -> None:
    """Nobody clicks again: what is left is for the machines."""


@dataclass(frozen=True)
class Flow:
    """`act` is the flow, each call of which fails; `retry` what somebody does when it did not work.

    `shows`: a text that is on the page when all is well.
    """

    name: str
    arrange: Step
    act: Step
    retry: Step | None = None  # None: `act` again
    after: Step = nothing
    shows: str = ""
    team_only: bool = False

    def try_again(self, stage: Stage) -> None:
        (self.retry or self.act)(stage)


@dataclass
class Clean:
    """The flow when nothing goes wrong."""

    calls: list[Call]
    asked: set[str]
    asked_by: set[str]  # functions of stripe_api
    start: dict[str, Any]
    at_once: dict[str, Any]
    in_the_end: dict[str, Any]
    answers: int


@dataclass
class Report:
    flow: str
    positions: int = 0
    faults: int = 0
    asked: set[str] = field(default_factory=set)
    asked_by: set[str] = field(default_factory=set)
    second_clicks: int = 0  # were needed
    longest_wait: float = 0  # seconds
    failures: list[str] = field(default_factory=list)


def run(flow: Flow, stage: Stage, wanted: Callable[[int, Trouble], bool]) -> Report:
    """All calls, with those faults that `wanted` takes."""
    flow.arrange(stage)
    stage.remember()
    clean = run_clean(flow, stage)
    report = Report(flow.name, len(clean.calls), asked=clean.asked, asked_by=clean.asked_by)
    for number, trouble in enumerate(troubles(clean)):
        if wanted(number, trouble):
            report.faults += 1
            if failure := run_with(flow, stage, clean, trouble, report):
                call = pattern(clean.calls[trouble.position - 1])
                report.failures.append(f"{flow.name}, call {trouble.position} {call}, {trouble}: {failure}")
    return report


def troubles(clean: Clean) -> Iterator[Trouble]:
    for position in range(1, len(clean.calls) + 1):
        for fault in FAULTS:
            for lasting in Lasting:
                if makes_sense(clean.calls[position - 1], fault, lasting):
                    yield Trouble(position, fault, lasting)


def makes_sense(call: Call, fault: Fault, lasting: Lasting) -> bool:
    """What is only read is not done later, and an answer is remembered for what is posted."""
    return call[0] != "GET" or not fault.is_about_work


def is_chosen(number: int, trouble: Trouble) -> bool:
    """The share of each `make test`: what is unlike the others at each call, and the others by turns."""
    return number % BY_TURNS == 0 or (trouble.fault.name, trouble.lasting) in ALWAYS


def run_clean(flow: Flow, stage: Stage) -> Clean:
    stage.start()
    try:
        before = stage.summary()
        flow.act(stage)
        calls, asked_by = list(stage.line.calls), set(stage.line.asked_by)
        at_once = stage.summary()
        shown = words(stage.answers[-1].text) if stage.answers else ""
        assert flow.shows in shown, f"{flow.name} shows: {shown}"
        assert all(answer.status == 200 or answer.text.startswith("http") for answer in stage.answers), (
            flow.name
        )
        _to_the_end(flow, stage)
        assert calls, f"{flow.name} asks nothing of Stripe"
        asked = {pattern(call) for call in calls}
        return Clean(calls, asked, asked_by, before, at_once, stage.summary(), len(stage.answers))
    finally:
        stage.end()


def run_with(flow: Flow, stage: Stage, clean: Clean, trouble: Trouble, report: Report) -> str:
    """What is wrong; "" when nothing is."""
    stage.start(trouble)
    try:
        before = stage.paid()
        flow.act(stage)
        at_once, told = stage.summary(), list(stage.answers)
        stage.line.is_well_again()
        stage.stripe.faults.clear()
        wrong = _wrong_at_once(flow, clean, at_once, told, trouble) or _lie(
            told, charged=stage.paid() > before
        )
        if wrong:
            return wrong
        report.longest_wait = max([report.longest_wait, *(answer.waited for answer in told)])
        report.second_clicks += flow.retry is not nothing and bool(
            first_difference(clean.at_once, at_once, AT_STRIPE)
        )
        _to_the_end(flow, stage)
        in_the_end = stage.summary()
        return first_difference(clean.in_the_end, in_the_end) or _wrong_in_the_log(clean, at_once, in_the_end)
    except AssertionError:
        raise
    except Exception as error:  # noqa: BLE001 - told with its place
        return f"{type(error).__name__}: {error}"
    finally:
        stage.end()


def _to_the_end(flow: Flow, stage: Stage) -> None:
    stage.reads = False
    flow.try_again(stage)
    if flow.after is not nothing:
        stage.finish()
        flow.after(stage)
    stage.finish()


def _wrong_at_once(flow: Flow, clean: Clean, found: dict[str, Any], told: list[Any], trouble: Trouble) -> str:
    """While Stripe fails: an answer in time that says what to do, and no access for nothing."""
    for answer in told:
        if answer.status >= 500:
            return f"the page answers {answer.status}"
        if answer.waited > MOST_SECONDS:
            return f"somebody waits for {answer.waited:.1f} s"
        if answer.calls > MOST_CALLS:
            return f"{answer.calls} calls for one page"
    if found["access"] not in (clean.start["access"], clean.at_once["access"]):
        return "access before anything is paid"
    if told and _is_not_done(flow, clean, found, told) and not CURE.search(words(told[-1].text)):
        return f"nobody says what to do: {words(told[-1].text)[-600:]}"
    return ""


def _wrong_in_the_log(clean: Clean, at_once: dict[str, Any], in_the_end: dict[str, Any]) -> str:
    """One entry for each thing done, none for what was not; a second click may do it a second time."""
    if at_once[LOG] - clean.at_once[LOG]:
        return f"{LOG} twice: {at_once[LOG]} instead of {clean.at_once[LOG]}"
    untrue = [action for action in at_once[LOG] - clean.start[LOG] if action not in DONE_HERE]
    if _nothing_was_done(clean, at_once) and untrue:
        return f"{LOG} although nothing was done: {untrue}"
    if not clean.at_once[LOG] <= in_the_end[LOG] <= clean.in_the_end[LOG]:
        return f"{LOG} in the end: {in_the_end[LOG]} instead of {clean.in_the_end[LOG]}"
    return ""


def _nothing_was_done(clean: Clean, at_once: dict[str, Any]) -> bool:
    does_something = first_difference(clean.start, clean.at_once, AT_STRIPE)
    return bool(does_something) and not first_difference(clean.start, at_once, AT_STRIPE)


def _is_not_done(flow: Flow, clean: Clean, found: dict[str, Any], told: list[Any]) -> bool:
    if told[-1].text.startswith("http"):
        return False
    return flow.shows not in words(told[-1].text) or bool(first_difference(clean.at_once, found, AT_STRIPE))


def _lie(told: list[Any], *, charged: bool) -> str:
    text = words(told[-1].text) if told else ""
    return "says that nothing was charged, and it was" if charged and "Nothing was charged" in text else ""
