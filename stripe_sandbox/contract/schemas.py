"""From Stripe's OpenAPI 3.0 to JSON Schema that says exactly what may be there.

`nullable` becomes "or null", wherever it stands. An object allows no key that is not declared, unless it
says so itself. The formats that Stripe names (decimal, currency, unix-time) become patterns and limits.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import jsonschema_rs

from stripe_sandbox.contract.description import Description

KEPT = ("type", "enum", "maxLength", "pattern", "minimum", "maximum", "required")
FORMATS: dict[str, dict[str, Any]] = {
    "decimal": {"pattern": r"^-?\d+(\.\d+)?$"},
    "currency": {"pattern": r"^[a-zA-Z]{3}$"},
    "unix-time": {"minimum": 0},
}
HOME = "https://description.invalid/"
REF = HOME + "#/components/schemas/"


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        made: dict[str, Any] = {"$ref": HOME + schema["$ref"]}
    elif "anyOf" in schema:
        made = {"anyOf": [closed(branch) for branch in schema["anyOf"]]}
    else:
        made = plain(schema)
    return {"anyOf": [{"type": "null"}, made]} if schema.get("nullable") else made


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    made = {key: schema[key] for key in KEPT if key in schema} | FORMATS.get(schema.get("format", ""), {})
    if "items" in schema:
        made["items"] = closed(schema["items"])
    if schema.get("type") == "object":
        free = schema.get("additionalProperties", False)
        made["additionalProperties"] = closed(free) if isinstance(free, dict) else free
        made["properties"] = {name: closed(found) for name, found in schema.get("properties", {}).items()}
    return made


class Schemas:
    """Validators of a description, each made once."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self._validators: dict[str, Any] = {}

    @cached_property
    def components(self) -> dict[str, Any]:
        return {name: closed(schema) for name, schema in self.description.schemas.items()}

    @cached_property
    def _registry(self) -> Any:
        return jsonschema_rs.Registry([(HOME, {"components": {"schemas": self.components}})])

    def named(self, name: str) -> dict[str, Any]:
        return {"$ref": REF + name}

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self.components[schema["$ref"].removeprefix(REF)]
        return schema

    def is_valid(self, schema: dict[str, Any], value: Any) -> bool:
        """`schema` as `closed` made it."""
        key = repr(schema)
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(schema, registry=self._registry)
        answer: bool = self._validators[key].is_valid(value)
        return answer
