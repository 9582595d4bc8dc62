"""The contract: what was returned, what the product asked, which events came, against the description."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox.contract import forms
from stripe_sandbox.contract.description import Description, answer_schema, parameters
from stripe_sandbox.contract.expansions import Expansions
from stripe_sandbox.contract.explain import Explainer, Place, Violation
from stripe_sandbox.contract.recorded import Recorded, Sighting
from stripe_sandbox.contract.schemas import Schemas, closed
from stripe_sandbox.recording import PRODUCT
from stripe_sandbox.shapes import shape, shape_of_pairs


@dataclass(frozen=True)
class Found:
    """A violation and the call that showed it."""

    subject: str
    violation: Violation


@dataclass
class Result:
    """One line of the report. Nothing recorded at all is no success."""

    name: str
    count: int
    distinct: int = 0
    found: list[Found] = field(default_factory=list)
    praise: str = "all valid"

    @property
    def ok(self) -> bool:
        return self.count > 0 and not self.found


class Contract:
    """`offered`: the operations that the sandbox has a route for."""

    def __init__(self, description: Description, offered: Iterable[str] = ()) -> None:
        self.description = description
        self.offered = sorted(offered)
        self.schemas = Schemas(description)
        self.explainer = Explainer(self.schemas)
        self.expansions = Expansions(self.schemas)

    def check(self, recorded: Recorded) -> list[Result]:
        returned = [*recorded.of("object"), *recorded.of("list")]
        count = recorded.count("object") + recorded.count("list")
        kept = recorded.of("kept")
        asked = recorded.of("request", PRODUCT)
        events = recorded.of("event")
        types = {event["body"]["type"] for event in events}
        return [
            Result("objects and lists returned", count, *self._all(returned, self.answer, look_of_answer)),
            Result(
                "objects kept to the end of a world",
                recorded.count("kept"),
                *self._all(kept, self.kept, look_of_answer),
            ),
            Result(
                "refusals answered",
                recorded.count("error"),
                *self._all(recorded.of("error"), self.refusal, look_of_answer),
            ),
            Result(
                "requests of the product",
                recorded.count("request", PRODUCT),
                *self._all(asked, self.request, look_of_request),
            ),
            Result("events", recorded.count("event"), *self._all(events, self.event, look_of_answer)),
            Result("event types", len(types), len(types), list(self.types(types)), "all exist"),
            Result(
                "operations offered",
                len(self.offered),
                len(self.offered),
                list(self.unanswered(returned)),
                "all seen to answer",
            ),
        ]

    def _all(
        self,
        sightings: list[Sighting],
        check: Callable[[Sighting], Iterable[Violation]],
        looks: Callable[[Sighting], Iterable[str]],
    ) -> tuple[int, list[Found]]:
        """How many differ, and what is wrong with them. What other processes saw alike is judged once."""
        known: set[str] = set()
        found = []
        for sighting in sightings:
            new = set(looks(sighting)) - known
            known |= new
            found += [Found(subject(sighting), wrong) for wrong in check(sighting)] if new else []
        return len(known), found

    def answer(self, sighting: Sighting) -> Iterator[Violation]:
        operation = self.description.operation(sighting["method"], sighting["path"])
        if operation is None:
            yield Violation(subject(sighting), "", "operation", "answers, and Stripe has no such operation")
            return
        schema, place = closed(answer_schema(operation[1])), Place(operation[0])
        yield from self.judge(schema, sighting["body"], place)
        yield from self.expansions.unasked(schema, sighting["body"], place, sighting["expand"])

    def refusal(self, sighting: Sighting) -> Iterator[Violation]:
        if sighting["status"] >= 500:
            yield Violation("error", "", "failure", f"answered {sighting['status']}: {sighting['body']}")
        yield from self.judge(self.schemas.named("error"), sighting["body"], Place("error"))

    def request(self, sighting: Sighting) -> Iterator[Violation]:
        operation = self.description.operation(sighting["method"], sighting["path"])
        if operation is None:
            yield Violation(subject(sighting), "", "operation", "is asked, and Stripe has no such operation")
            return
        name, details = operation
        if sighting["version"] != self.description.version:
            yield Violation(name, "", "version", f"asks for API version {sighting['version']}")
        schema = closed(parameters(details))
        try:
            given = forms.decode([(key, value) for key, value in sighting["pairs"]])
        except forms.Malformed as error:
            yield Violation(name, str(error), "form", "is not how Stripe writes nested parameters")
            return
        yield from self.judge(schema, forms.coerce(self.schemas, schema, given), Place(name))

    def event(self, sighting: Sighting) -> Iterator[Violation]:
        event = sighting["body"]
        yield from self.judge(self.schemas.named("event"), event, Place("event"))
        shown = event["data"]["object"]
        yield from self.whole(shown, "data.object")
        yield from self.previous(shown, event["data"].get("previous_attributes") or {})

    def kept(self, sighting: Sighting) -> Iterator[Violation]:
        yield from self.whole(sighting["body"], "")

    def whole(self, shown: dict[str, Any], path: str) -> Iterator[Violation]:
        """An object that stands for itself, by the schema of what it says it is."""
        name = self.description.schema_of(str(shown.get("object")), bool(shown.get("deleted")))
        if name is None:
            yield Violation("object", path, "type", f"is no object of Stripe's: {shown}")
            return
        schema, place = self.schemas.named(name), Place(name, path)
        yield from self.judge(schema, shown, place)
        yield from self.expansions.unasked(schema, shown, place, [])

    def previous(self, shown: dict[str, Any], attributes: dict[str, Any]) -> Iterator[Violation]:
        """Each may be any part of what the object has."""
        name = self.description.schema_of(str(shown.get("object"))) or ""
        known = self.schemas.components.get(name, {}).get("properties", {})
        for key in sorted(attributes.keys() - known.keys()):
            place = Place(name, "data.previous_attributes").key(key)
            yield place.wrong("undeclared", "is not declared, and is told as a previous attribute")

    def types(self, types: set[str]) -> Iterator[Found]:
        for type in sorted(types - self.description.event_types):
            yield Found(type, Violation("event.type", "type", "enum", f"Stripe has no event type {type}"))

    def unanswered(self, returned: list[Sighting]) -> Iterator[Found]:
        """What no test has seen to answer, nobody has compared with the description either."""
        calls = {(sighting["method"], sighting["path"]) for sighting in returned}
        seen = {found[0] for call in calls if (found := self.description.operation(*call))}
        for operation in self.offered:
            if operation not in seen:
                story = "is offered, and no test has seen it answer"
                yield Found(operation, Violation(operation, "", "unanswered", story))

    def judge(self, schema: dict[str, Any], value: Any, place: Place) -> list[Violation]:
        """The validator judges; ours tells why. Where they differ, that is a violation, too."""
        valid = self.schemas.is_valid(schema, value)
        why = self.explainer.explain(schema, value, place)
        if valid == (not why):
            return why
        return [
            *why,
            place.wrong("judgement", f"valid by the validator: {valid}; by our explanation: {not why}"),
        ]


def subject(sighting: Sighting) -> str:
    if "method" in sighting:
        return f"{sighting['method']} {sighting['path']}"
    return f"{sighting['body'].get('type')} ({sighting['body'].get('id')})"


def look_of_answer(sighting: Sighting) -> Iterator[str]:
    body = sighting["body"]
    where = f"{sighting.get('method')} {shape(sighting.get('path', ''))} {sorted(sighting.get('expand', []))}"
    if isinstance(body.get("data"), list):
        yield from (f"{where} {shape(item)}" for item in body["data"])
        body = {**body, "data": []}
    yield f"{where} {shape(body)}"


def look_of_request(sighting: Sighting) -> Iterator[str]:
    pairs = [(name, value) for name, value in sighting["pairs"]]
    yield f"{sighting['method']} {shape(sighting['path'])} {sighting['version']} {shape_of_pairs(pairs)}"
