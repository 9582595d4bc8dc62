"""The sandbox's private notes, keys that begin with `_`, are explained to whoever reads its objects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READS = ("get", "pop", "setdefault")


def used() -> set[str]:
    code = (path for path in ROOT.rglob("*.py") if "tests" not in path.parts)
    trees = [ast.parse(path.read_text()) for path in code]
    keys = (key for tree in trees for node in ast.walk(tree) for key in keys_of(node))
    return {key for key in keys if key.startswith("_")}


def keys_of(node: ast.AST) -> Iterator[str]:
    """Of a dict, an item that is read or set, `obj.get(...)`, `world.update(obj, ...)`."""
    found: list[ast.expr | None] = []
    if isinstance(node, ast.Dict):
        found = list(node.keys)
    elif isinstance(node, ast.Subscript):
        found = [node.slice]
    elif isinstance(node, ast.Call):
        yield from (keyword.arg for keyword in node.keywords if keyword.arg)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        found = list(node.args[:1]) if name in READS else []
    yield from (key.value for key in found if isinstance(key, ast.Constant) and isinstance(key.value, str))


def test_each_private_note_has_a_word_in_the_readme():
    readme = (ROOT / "README.md").read_text()

    explained = set(re.findall(r"`(_[a-z_]+)`", readme))

    assert used() - explained == set(), "Say in stripe_sandbox/README.md what these notes mean."
    assert explained - used() == set(), "These notes are no more."
