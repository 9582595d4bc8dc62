"""What a request says, read from its form pairs by the description alone.

Apart from the sandbox's own reader on purpose: if that one errs, this one does not err with it.
"""

from __future__ import annotations

import re
from typing import Any

from stripe_sandbox.contract.schemas import Schemas

Pairs = list[tuple[str, str]]
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
INTEGER, DECIMAL = re.compile(r"[+-]?\d+"), re.compile(r"[+-]?\d+(\.\d+)?")


class Malformed(ValueError):
    """Brackets that do not close, or one name for a value and an object."""


def decode(pairs: Pairs) -> dict[str, Any]:
    """`items[0][price]=p` -> {"items": [{"price": "p"}]}, all leaves texts."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        found = NAME.fullmatch(name)
        if found is None:
            raise Malformed(name)
        put(root, [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])], value)
    return {name: as_lists(value) for name, value in root.items()}


def put(node: dict[str, Any], parts: list[str], value: str) -> None:
    for part in parts[:-1]:
        node = node.setdefault(part or str(len(node)), {})
        if not isinstance(node, dict):
            raise Malformed(part)
    last = parts[-1] or str(len(node))
    if last in node:
        raise Malformed(last)
    node[last] = value


def as_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    items = {name: as_lists(value) for name, value in node.items()}
    return list(items.values()) if items and all(name.isdigit() for name in items) else items


def coerce(schemas: Schemas, schema: dict[str, Any], value: Any) -> Any:
    """Texts become what the (closed) schema expects there; what cannot stays, and is refused later."""
    schema = schemas.resolve(schema)
    if "anyOf" in schema:
        tried = [(branch, coerce(schemas, branch, value)) for branch in schema["anyOf"]]
        fitting = [made for branch, made in tried if schemas.is_valid(branch, made)]
        looking = [made for _, made in tried if made != value]
        return [*fitting, *looking, value][0]
    if isinstance(value, str):
        return coerce_text(schema.get("type"), value)
    if isinstance(value, list) and schema.get("type") == "array":
        return [coerce(schemas, schema.get("items", {}), item) for item in value]
    if isinstance(value, list | dict) and schema.get("type") == "object":
        return coerce_object(schemas, schema, value)
    return value


def coerce_object(schemas: Schemas, schema: dict[str, Any], value: Any) -> dict[str, Any]:
    """A map may have digits for keys (metadata[0]=a)."""
    items = value if isinstance(value, dict) else {str(number): item for number, item in enumerate(value)}
    free = schema.get("additionalProperties")
    rest = free if isinstance(free, dict) else {}
    return {
        name: coerce(schemas, schema.get("properties", {}).get(name, rest), item)
        for name, item in items.items()
    }


def coerce_text(wanted: str | None, text: str) -> Any:
    if wanted == "integer" and INTEGER.fullmatch(text):
        return int(text)
    if wanted == "number" and DECIMAL.fullmatch(text):
        return float(text)
    if wanted == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
