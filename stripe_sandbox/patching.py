"""Changing an object behind the API's back, and building what an event shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.lifecycle import due_at
from stripe_sandbox.errors import MissingObject
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World

UNSET = "$unset"


def find(world: World, object_id: str) -> dict[str, Any] | None:
    return world.get(object_id) or find_item(world, object_id)


def find_item(world: World, item_id: str) -> dict[str, Any] | None:
    for subscription in world.all("subscription"):
        for item in subscription["items"]["data"]:
            if item.get("id") == item_id:
                found: dict[str, Any] = item
                return found
    return None


def locate(world: World, object_id: str) -> dict[str, Any]:
    found = find(world, object_id)
    if found is None:
        raise MissingObject("object", object_id)
    return found


def patch(world: World, object_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Merge deep, silently: null sets null, lists replace, `$unset` removes dotted paths."""
    found = locate(world, object_id)
    owner = world.touch(owner_of(world, found))
    changed = merged(opened(world, found, changes), changes)
    found.clear()
    found.update(changed)
    owner["_by_hand"] = True
    rest_if_overdue(world, owner)
    return world.render(found)


def rest_if_overdue(world: World, obj: dict[str, Any]) -> None:
    """What a patch sets into the past stays as it was set: nothing falls due at once and undoes it."""
    obj["_rests"] = False
    due = due_at(world, obj)
    obj["_rests"] = due is not None and due <= world.now_for(obj)


def owner_of(world: World, found: dict[str, Any]) -> dict[str, Any]:
    return found if world.get(found["id"]) else world.find_any(found["subscription"])


def opened(world: World, node: Any, changes: Any) -> Any:
    """References become whole objects where a change reaches into them (a price inside an item)."""
    if not isinstance(changes, dict):
        return node
    if isinstance(node, str) and world.get(node):
        return world.render(world.find_any(node))
    if isinstance(node, dict):
        return {key: opened(world, value, changes.get(key)) for key, value in node.items()}
    return node


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    result = copy(base)
    for key, value in changes.items():
        if key == UNSET:
            continue
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else copy(value)
    for path in changes.get(UNSET, []):
        unset(result, path.split("."))
    return result


def unset(node: Any, parts: list[str]) -> None:
    """`items.data.0.current_period_end`: numbers step into lists."""
    for part in parts[:-1]:
        if isinstance(node, list):
            node = node[int(part)] if part.isdigit() and int(part) < len(node) else None
        else:
            node = node.get(part) if isinstance(node, dict) else None
    last = parts[-1]
    if isinstance(node, dict):
        node.pop(last, None)
    elif isinstance(node, list) and last.isdigit() and int(last) < len(node):
        del node[int(last)]
