"""Code that reads where to go on asks `is_safe_next`, or takes `next_url`, which does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

APPS = Path(settings.BASE_DIR) / "apps"
NAMES = {"next", "return_to", "return_url", "redirect_to", "redirect_url", "continue", "back"}
HEADERS = {"HTTP_REFERER", "Referer", "HX-Current-URL", "HTTP_HX_CURRENT_URL"}
JUDGES = {"is_safe_next", "next_url", "is_safe_url", "url_has_allowed_host_and_scheme"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(APPS.rglob("*.py")):
        if "tests" not in path.parts:
            yield path.relative_to(APPS).as_posix(), ast.parse(path.read_text())


def reads(tree: ast.AST) -> bool:
    """`.get("next")` or `["next"]` of a request, or a header that names a page."""
    return any(_key(node) in NAMES | HEADERS for node in ast.walk(tree))


def _key(node: ast.AST) -> object:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        where, key = node.func.value, node.args[0] if node.args else None
    elif isinstance(node, ast.Subscript):
        where, key = node.value, node.slice
    else:
        return None
    sources = {"GET", "POST", "headers", "META", "cleaned_data", "COOKIES", "session"}
    is_request = isinstance(where, ast.Attribute) and where.attr in sources
    return key.value if is_request and isinstance(key, ast.Constant) else None


def judges(tree: ast.AST) -> bool:
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return bool(JUDGES & (named | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}))


def test_whoever_reads_it_asks_the_judge() -> None:
    careless = [path for path, tree in modules() if reads(tree) and not judges(tree)]

    assert careless == []


def test_there_are_such_modules() -> None:
    assert {path for path, tree in modules() if reads(tree)} >= {
        "core/redirects.py",
        "subscriptions/closed_gate.py",
        "subscriptions/views/checkout.py",
    }
