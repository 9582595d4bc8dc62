"""An id stays an id unless the caller asked for the object: what was expanded, against `expand[]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stripe_sandbox.contract.explain import Place, Violation, has_type
from stripe_sandbox.contract.schemas import REF, Schemas


class Expansions:
    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas

    def unasked(
        self, schema: dict[str, Any], value: Any, place: Place, asked: list[str]
    ) -> Iterator[Violation]:
        for path, found in self._walk(schema, value, place, ""):
            if not any(wanted == path or wanted.startswith(f"{path}.") for wanted in asked):
                yield found.wrong("expansion", f"is a whole object, and expand[] does not name {path}")

    def _walk(
        self, schema: dict[str, Any], value: Any, place: Place, path: str
    ) -> Iterator[tuple[str, Place]]:
        """Where an object stands for what could be an id; `path` as `expand[]` names it."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(REF)
            yield from self._walk(self.schemas.components[name], value, Place(name, place.path), path)
        elif "anyOf" in schema:
            yield from self._choice(schema["anyOf"], value, place, path)
        elif isinstance(value, list):
            for position, item in enumerate(value):
                yield from self._walk(schema.get("items", {}), item, place.item(position), path)
        elif isinstance(value, dict):
            for name, inner in schema.get("properties", {}).items():
                if isinstance(value.get(name), dict | list):
                    yield from self._walk(inner, value[name], place.key(name), f"{path}.{name}".lstrip("."))

    def _choice(
        self, branches: list[dict[str, Any]], value: Any, place: Place, path: str
    ) -> Iterator[tuple[str, Place]]:
        if isinstance(value, dict) and any(branch.get("type") == "string" for branch in branches):
            yield path, place
        for branch in branches:
            inner = self.schemas.resolve(branch)
            if "anyOf" in inner or (has_type(inner, value) and self.schemas.is_valid(branch, value)):
                yield from self._walk(branch, value, place, path)
                return
