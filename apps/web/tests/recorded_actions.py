"""All actions that the code writes into the audit log, read from its source."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from django.conf import settings

Names = Mapping[str, list[ast.expr]]

WRITERS = {"record", "record_many", "record_once"}
# They pass on what they are given.
PASSED_ON = {"apps/subscriptions/services/deeds.py"}


def recorded_actions() -> set[str]:
    """An action that cannot be read from the source is an error: it could be anything."""
    found: set[str] = set()
    for path in sorted((settings.BASE_DIR / "apps").rglob("*.py")):
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if "/tests/" not in name and name not in PASSED_ON:
            found |= _actions_in(path)
    return found


def _actions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = defaultdict(list)
    for name, value in _assigned(tree):
        names[name].append(value)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _writes(node)]
    found = [_values(call.args[0], names) for call in calls]
    assert all(found), f"{path}: an action cannot be read from the source."
    return set().union(*found)


def _writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in WRITERS


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names and what they stand for, somewhere in the file; of `A, B = "a", "b"` both."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                yield from zip((ast.unparse(name) for name in target.elts), value.elts, strict=True)
            yield ast.unparse(target), value


def _values(node: ast.expr, names: Names) -> set[str]:
    """Each text that an expression can be: of a condition both, of an f-string each combination."""
    match node:
        case ast.Constant():
            return {str(node.value)}
        case ast.IfExp():
            return _values(node.body, names) | _values(node.orelse, names)
        case ast.FormattedValue():
            return _values(node.value, names)
        case ast.JoinedStr():
            return {"".join(parts) for parts in product(*(_values(part, names) for part in node.values))}
        case ast.Name() if node.id in names:
            return set().union(*(_values(value, names) for value in names[node.id]))
    return set()
