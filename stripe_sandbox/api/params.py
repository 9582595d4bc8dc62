"""Parameters as Stripe reads them: brackets become objects and lists, texts what the operation expects."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from stripe_sandbox.api import metadata
from stripe_sandbox.errors import InvalidRequest, empty_parameter, missing_parameter, unknown_parameter

OPERATIONS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "operations.json").read_text())

PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
"""What is written as a number is; a security code "012" stays as it is."""
INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
DECIMAL = re.compile(r"[-+]?([0-9]{1,18}(\.[0-9]*)?|\.[0-9]+)")
DEEPEST = 32


def decode(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`items[0][price]=p` -> {"items": {"0": {"price": "p"}}}; `a[]=1` appends.

    Only who knows what a parameter is can tell a list from an object whose keys are numbers (metadata).
    """
    root: dict[str, Any] = {}
    for name, value in pairs:
        put(root, segments(name), value)
    return root


def segments(name: str) -> list[str]:
    head, _, rest = name.partition("[")
    found = [head, *rest[:-1].split("][")] if rest.endswith("]") else [name]
    if len(found) > DEEPEST:
        raise InvalidRequest(f"Invalid parameter: {head} is nested too deeply.", param=head)
    return found


def put(node: dict[str, Any], path: list[str], value: str) -> None:
    for position, part in enumerate(path[:-1]):
        name = part or (place(node, path[position + 1 :]) if position else "")
        child = node.setdefault(name, {})
        if not isinstance(child, dict):
            raise InvalidRequest(f"Invalid parameter: {path[0]}", param=path[0])
        node = child
    last = path[-1] or (str(len(node)) if len(path) > 1 else "")
    node[last] = value


def place(node: dict[str, Any], rest: list[str]) -> str:
    """`items[][price]=a&items[][quantity]=1` is one item; the next `items[][price]` begins another."""
    last: Any = node.get(str(len(node) - 1))
    for part in rest:
        if not isinstance(last, dict):
            return str(len(node))
        if part not in last:
            return str(max(0, len(node) - 1))
        last = last[part]
    return str(len(node))


def is_list(node: dict[str, Any]) -> bool:
    return bool(node) and all(key.isascii() and key.isdigit() for key in node)


def in_order(node: dict[str, Any]) -> list[Any]:
    return [node[key] for key in sorted(node, key=lambda key: (len(key), key))]


def with_lists(node: Any) -> Any:
    """Objects whose keys are all numbers become lists."""
    if not isinstance(node, dict):
        return node
    if is_list(node):
        return [with_lists(item) for item in in_order(node)]
    return {key: with_lists(value) for key, value in node.items()}


def read(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """The coerced parameters. Raises InvalidRequest for unknown, missing or mistyped ones."""
    return read_object(OPERATIONS[operation], given, "")


def read_object(spec: dict[str, Any], given: dict[str, Any], prefix: str) -> dict[str, Any]:
    named = {key.rstrip("*"): (key, value) for key, value in spec.items() if key != "?"}
    for name in given:
        if name not in named:
            raise unknown_parameter(f"{prefix}[{name}]" if prefix else name)
    for name, (key, _) in named.items():
        if key.endswith("*") and name not in given:
            raise missing_parameter(f"{prefix}[{name}]" if prefix else name)
    return {
        name: read_value(named[name][1], value, f"{prefix}[{name}]" if prefix else name)
        for name, value in given.items()
    }


def read_value(spec: Any, value: Any, name: str) -> Any:
    if isinstance(spec, str):
        return read_leaf(spec.split(" or "), value, name)
    if value == "":
        return read_empty(spec, name)
    if isinstance(spec, list):
        return read_list(spec, value, name)
    if not isinstance(value, dict):
        raise InvalidRequest(f"Invalid object: {name}", param=name)
    if set(spec) - {"?"} == {"*"}:
        if name == "metadata" or name.endswith("[metadata]"):
            metadata.check(value, name)
        return {key: read_value(spec["*"], item, f"{name}[{key}]") for key, item in value.items()}
    return read_object(spec, value, name)


def read_empty(spec: Any, name: str) -> str:
    if "?" in spec or (isinstance(spec, dict) and set(spec) == {"*"}):
        return ""
    raise empty_parameter(name)


def read_list(spec: list[Any], value: Any, name: str) -> list[Any]:
    if not isinstance(value, dict) or not is_list(value):
        raise InvalidRequest(f"Invalid array: {name}", param=name)
    return [read_value(spec[0], item, f"{name}[{position}]") for position, item in enumerate(in_order(value))]


def read_leaf(alternatives: list[str], value: Any, name: str) -> Any:
    if "*" in alternatives:
        return loose(with_lists(value))
    if not isinstance(value, str):
        raise InvalidRequest(f"Invalid value for {name}: a single value is expected.", param=name)
    if value == "":
        if "?" in alternatives or name.startswith("metadata[") or "[metadata][" in name:
            return ""
        raise empty_parameter(name)
    for kind in alternatives:
        if kind.startswith("=") and value in kind[1:].split("|"):
            return value
    for kind in alternatives:
        if kind in COERCE:
            return COERCE[kind](value, name)
    words = ", ".join(word for kind in alternatives if kind.startswith("=") for word in kind[1:].split("|"))
    raise InvalidRequest(f"Invalid {name}: must be one of {words}", param=name)


def loose(value: Any) -> Any:
    """Parameters whose shape the table leaves open: numbers and booleans by their look."""
    if isinstance(value, dict):
        return {key: loose(item) for key, item in value.items()}
    if isinstance(value, list):
        return [loose(item) for item in value]
    if value in ("true", "false"):
        return value == "true"
    return int(value) if PLAIN_NUMBER.fullmatch(value) else value


def to_integer(value: str, name: str) -> int:
    if not INTEGER.fullmatch(value):
        raise InvalidRequest(f"Invalid integer: {value[:80]}", code="parameter_invalid_integer", param=name)
    return int(value)


def to_number(value: str, name: str) -> float:
    if not DECIMAL.fullmatch(value):
        raise InvalidRequest(f"Invalid decimal: {value[:80]}", param=name)
    return float(value)


def to_boolean(value: str, name: str) -> bool:
    if value not in ("true", "false", "True", "False"):
        raise InvalidRequest(f"Invalid boolean: {value[:80]}", param=name)
    return value.lower() == "true"


def to_text(value: str, name: str) -> str:
    if name.rstrip("]").endswith("_decimal") and not DECIMAL.fullmatch(value):
        raise InvalidRequest(f"Invalid decimal: {value[:80]}", param=name)
    if len(value) > 5000:
        raise InvalidRequest(
            f"Invalid string: {name} is too long", code="parameter_invalid_string_too_long", param=name
        )
    return value


COERCE = {"s": to_text, "i": to_integer, "n": to_number, "b": to_boolean}
