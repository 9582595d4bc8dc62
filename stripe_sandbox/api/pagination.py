"""Cursor pagination: newest first, `starting_after` and `ending_before` are ids."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from stripe_sandbox.api.expand import expand
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.rendering import page


def paginate(world: Any, found: Iterable[dict[str, Any]], params: dict[str, Any], url: str) -> dict[str, Any]:
    """`found` oldest first. Answers a list object with rendered (and expanded) data."""
    newest_first = list(found)[::-1]
    if params.get("created") is not None:
        newest_first = [obj for obj in newest_first if created_matches(obj, params["created"])]
    data, has_more = cut(newest_first, params)
    shown = page([world.render(obj) for obj in data], url, has_more)
    return expand(world, shown, params.get("expand") or [])


def cut(items: list[dict[str, Any]], params: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    limit = limit_in(params)
    if "starting_after" in params and "ending_before" in params:
        raise InvalidRequest("Give one of starting_after and ending_before.", param="ending_before")
    if "starting_after" in params:
        items = items[position(items, params["starting_after"], "starting_after") + 1 :]
    elif "ending_before" in params:
        before = items[: position(items, params["ending_before"], "ending_before")]
        return before[-limit:], len(before) > limit
    return items[:limit], len(items) > limit


def limit_in(params: dict[str, Any]) -> int:
    limit: int = params.get("limit", 10)
    if not 1 <= limit <= 100:
        message = "Invalid integer: limit is 1 to 100."
        raise InvalidRequest(message, code="parameter_invalid_integer", param="limit")
    return limit


def position(items: list[dict[str, Any]], object_id: str, param: str) -> int:
    for index, item in enumerate(items):
        if item["id"] == object_id:
            return index
    raise InvalidRequest(f"No such object in this list: '{object_id}'", code="resource_missing", param=param)


def created_matches(obj: dict[str, Any], wanted: Any) -> bool:
    return wanted is None or within(obj.get("created", obj.get("date")), wanted, "created")


def within(moment: int | None, wanted: Any, param: str) -> bool:
    """A moment, or a range of `gt`, `gte`, `lt` and `lte`."""
    checks = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
    edges = wanted if isinstance(wanted, dict) else {"": wanted}
    for name, edge in edges.items():
        if not isinstance(edge, int) or isinstance(edge, bool) or (name and name not in checks):
            raise InvalidRequest(f"Invalid {param}: a moment or a range of moments.", param=param)
    if moment is None:
        return False
    return all(checks.get(name, operator.eq)(moment, edge) for name, edge in edges.items())
