"""Why a value is not what a schema says, in words: which key, of which object, and what is expected there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stripe_sandbox.contract.schemas import REF, Schemas

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


@dataclass(frozen=True)
class Violation:
    """`where` is schema.key, the same for every object of a kind; `path` leads there in this value."""

    where: str
    path: str
    problem: str
    story: str


@dataclass(frozen=True)
class Place:
    """How far the walk has come."""

    where: str
    path: str = ""

    def key(self, name: str) -> Place:
        return Place(f"{self.where}.{name}", f"{self.path}.{name}".lstrip("."))

    def item(self, position: int) -> Place:
        return Place(self.where, f"{self.path}[{position}]")

    def wrong(self, problem: str, story: str) -> Violation:
        return Violation(self.where, self.path, problem, story)


class Explainer:
    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas

    def explain(self, schema: dict[str, Any], value: Any, place: Place) -> list[Violation]:
        """Nothing when the value is valid."""
        return list(self._walk(schema, value, place))

    def _walk(self, schema: dict[str, Any], value: Any, place: Place) -> Iterator[Violation]:
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(REF)
            yield from self._walk(self.schemas.components[name], value, Place(name, place.path))
        elif "anyOf" in schema:
            yield from self._any(schema["anyOf"], value, place)
        elif not has_type(schema, value):
            yield place.wrong("type", f"{shown(value)} is not of type {schema['type']}")
        else:
            yield from self._own_words(schema, value, place)
            yield from self._inside(schema, value, place)

    def _any(self, branches: list[dict[str, Any]], value: Any, place: Place) -> Iterator[Violation]:
        """The branch that the value most looks like tells what is wrong with it."""
        told = [self.explain(branch, value, place) for branch in branches]
        if all(told):
            likely = [self._likeness(branch, value) for branch in branches]
            best = max(likely)
            yield from min((t for t, like in zip(told, likely, strict=True) if like == best), key=len)

    def _likeness(self, branch: dict[str, Any], value: Any) -> int:
        schema = self.schemas.resolve(branch)
        if "anyOf" in schema:
            return max(self._likeness(inner, value) for inner in schema["anyOf"])
        if not has_type(schema, value):
            return -1 if schema.get("type") == "null" else 0
        if not isinstance(value, dict):
            return 1
        properties = schema.get("properties", {})
        same_kind = value.get("object") in properties.get("object", {}).get("enum", [None])
        return 2 + 2 * same_kind + (("deleted" in value) == ("deleted" in properties))

    def _own_words(self, schema: dict[str, Any], value: Any, place: Place) -> Iterator[Violation]:
        if "enum" in schema and value not in schema["enum"]:
            yield place.wrong("enum", f"{shown(value)} is none of: {', '.join(map(str, schema['enum']))}")
        if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
            yield place.wrong(
                "length", f"{len(value)} characters where {schema['maxLength']} are the most: {shown(value)}"
            )
        if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
            yield place.wrong("pattern", f"{shown(value)} does not match {schema['pattern']}")
        if isinstance(value, int | float) and value < schema.get("minimum", value):
            yield place.wrong("minimum", f"{value} is less than {schema['minimum']}")
        if isinstance(value, int | float) and value > schema.get("maximum", value):
            yield place.wrong("maximum", f"{value} is more than {schema['maximum']}")

    def _inside(self, schema: dict[str, Any], value: Any, place: Place) -> Iterator[Violation]:
        if isinstance(value, list):
            for position, item in enumerate(value):
                yield from self._walk(schema.get("items", {}), item, place.item(position))
        elif isinstance(value, dict):
            yield from self._keys(schema, value, place)

    def _keys(self, schema: dict[str, Any], value: dict[str, Any], place: Place) -> Iterator[Violation]:
        for name in schema.get("required", []):
            if name not in value:
                yield place.key(name).wrong("missing", "is missing, and Stripe always sends it")
        for name, item in value.items():
            declared = schema.get("properties", {}).get(name, schema.get("additionalProperties", True))
            if declared is False:
                yield place.key(name).wrong("undeclared", f"is not declared ({shown(item)})")
            elif isinstance(declared, dict):
                yield from self._walk(declared, item, place.key(name))


def has_type(schema: dict[str, Any], value: Any) -> bool:
    wanted = schema.get("type")
    if wanted is None:
        return True
    if isinstance(value, bool):
        return bool(wanted == "boolean")
    return isinstance(value, TYPES[wanted])


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 90 else text[:87] + "..."
