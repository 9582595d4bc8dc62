"""What two tellings of one story have in common: keys, types, words of enumerations, counts of events.

Values differ by nature (ids, times, card fingerprints); a shape leaves them out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from stripe_sandbox.scenarios.running import Told

Shape = dict[str, set[str]]
WORD = re.compile(r"[a-z]+(?:[_.][a-z]+)*")
ID = re.compile(r"([a-z]+(?:_test)?_)(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{8,}")
FREE_KEYS = ("metadata",)


@dataclass(frozen=True)
class Difference:
    scenario: str
    where: str
    stripe: str
    sandbox: str


def differences(stripe: Told, sandbox: Told) -> list[Difference]:
    return [
        Difference(stripe.slug, where, there, here)
        for where, there, here in [*_counts(stripe, sandbox), *_shapes(stripe, sandbox)]
    ]


def _counts(stripe: Told, sandbox: Told) -> Iterator[tuple[str, str, str]]:
    """Events as a multiset: Stripe promises no order."""
    there, here = Counter(stripe.event_types), Counter(sandbox.event_types)
    for type in sorted(there | here):
        if there[type] != here[type]:
            yield f"event {type}", f"{there[type]} times", f"{here[type]} times"


def _shapes(stripe: Told, sandbox: Told) -> Iterator[tuple[str, str, str]]:
    there, here = shape_of(stripe), shape_of(sandbox)
    for path in sorted({*there, *here}):
        if there.get(path) != here.get(path):
            yield path, _only(there.get(path), here.get(path)), _only(here.get(path), there.get(path))


def _only(these: set[str] | None, those: set[str] | None) -> str:
    if these is None:
        return "missing"
    return ", ".join(sorted(these - (those or set()))) or "-"


def shape_of(told: Told) -> Shape:
    """By kind of object, whether it was listed or came in an event; previous attributes by type of event."""
    shape: Shape = defaultdict(set)
    for obj in [told.customer, *told.subscriptions, *told.invoices]:
        _add(shape, obj["object"], obj)
    for event in told.events:
        data = event["data"]
        _add(shape, "event", {**event, "data": {}, "type": "-"})
        _add(shape, data["object"]["object"], data["object"])
        _add(shape, f"{event['type']}: previous_attributes", data.get("previous_attributes"))
    return dict(shape)


def _add(shape: Shape, path: str, value: Any) -> None:
    shape[path].add(kind_of(value))
    if isinstance(value, dict) and not path.endswith(FREE_KEYS):
        for key, entry in value.items():
            _add(shape, f"{path}.{key}", entry)
    elif isinstance(value, list):
        for entry in value:
            _add(shape, f"{path}[]", entry)


KINDS = {type(None): "null", bool: "boolean", int: "integer", float: "number", dict: "object", list: "list"}


def kind_of(value: Any) -> str:
    """Ids by their prefix, words of enumerations as they are, any other text as text."""
    if not isinstance(value, str):
        return KINDS[type(value)]
    if found := ID.fullmatch(value):
        return f"id {found[1]}"
    return f"`{value}`" if WORD.fullmatch(value) else "text"


def as_table(found: Iterable[Difference]) -> str:
    rows = [("scenario", "where", "Stripe", "sandbox")]
    rows += [(entry.scenario, entry.where, entry.stripe, entry.sandbox) for entry in found]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
