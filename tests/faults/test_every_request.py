"""A request of a new kind needs a flow in which it fails."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from apps.subscriptions import stripe_api
from tests.faults.line import API
from tests.faults.requests import FUNCTIONS, REQUESTS
from tests.faults.test_every_call import ALL


def test_each_request_of_stripe_api_fails_in_some_flow():
    files = Path(stripe_api.__file__).parent.glob("*.py")
    made = {name for file in files for name in requests_in(ast.parse(file.read_text()))}

    assert made == set(REQUESTS)
    assert {flow for _call, flow in REQUESTS.values()} <= {flow.name for flow in ALL}


def test_each_function_of_stripe_api_fails_in_some_flow():
    modules = {name: getattr(stripe_api, name) for name in stripe_api.__all__}
    there = {
        f"{name}.{function}"
        for name, module in modules.items()
        for function, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == f"{API}{name}" and not function.startswith("_")
    }

    assert there == set(FUNCTIONS)
    assert set(FUNCTIONS.values()) <= {flow.name for flow in ALL}


def requests_in(tree: ast.Module) -> Iterator[str]:
    """`client().v1.customers.create` is "customers.create", by way of a variable, too."""
    resources = {
        node.targets[0].id: dotted(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Attribute)
    }
    known = {name: path for name, path in resources.items() if ".v1." in path}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    outermost = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and id(node) not in inner]
    for node in outermost:
        first, _, rest = dotted(node).partition(".")
        path = f"{known[first]}.{rest}" if first in known else f"{first}.{rest}"
        path = path.removesuffix(".auto_paging_iter")
        if ".v1." in path and path not in known.values():
            yield path.split(".v1.")[1]


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return node.id if isinstance(node, ast.Name) else ""
