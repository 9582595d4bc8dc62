"""The contract's outcome, for people and as a JUnit file."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from stripe_sandbox.contract.checks import Found, Result

SHOWN = 40


def lines(result: Result) -> Iterator[str]:
    distinct = f", {result.distinct:,} distinct" if result.distinct != result.count else ""
    yield f"contract: {result.count:,} {result.name}{distinct}, {verdict(result)}"
    yield from stories(result.found)


def verdict(result: Result) -> str:
    if result.ok:
        return result.praise
    return f"{len(kinds(result.found))} kinds of violation" if result.count else "nothing was recorded"


def kinds(found: list[Found]) -> dict[tuple[str, str], list[Found]]:
    """By where and what: one story for each, however often it was seen."""
    sorted_out: dict[tuple[str, str], list[Found]] = {}
    for one in found:
        sorted_out.setdefault((one.violation.where, one.violation.problem), []).append(one)
    return sorted_out


def stories(found: list[Found]) -> Iterator[str]:
    known = kinds(found)
    for (where, problem), same in list(known.items())[:SHOWN]:
        first = same[0]
        yield f"  {where} [{problem}] {first.violation.story}"
        yield f"      at {first.violation.path or 'the top'} of {first.subject}; seen {len(same)} times"
    if len(known) > SHOWN:
        yield f"  ... and {len(known) - SHOWN} more kinds"


def write_junit(path: Path, results: list[Result]) -> None:
    suite = ElementTree.Element(
        "testsuite", name="contract", tests=str(len(results)), errors="0", skipped="0"
    )
    suite.set("failures", str(sum(not result.ok for result in results)))
    for result in results:
        case = ElementTree.SubElement(suite, "testcase", classname="contract", name=result.name)
        if not result.ok:
            ElementTree.SubElement(case, "failure").text = "\n".join(lines(result))
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suite).write(path)
