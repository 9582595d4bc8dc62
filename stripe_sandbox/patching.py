"""Changing an object behind the API's back, and building what an event shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_sandbox.billing.lifecycle import due_or_never
from stripe_sandbox.errors import InvalidRequest, MissingObject
from stripe_sandbox.rendering import copy

if TYPE_CHECKING:
    from stripe_sandbox.world import World

UNSET = "$unset"
FIXED = ("id", "object")


def find(world: World, object_id: str) -> dict[str, Any] | None:
    return world.get(object_id) or find_item(world, object_id)


def find_item(world: World, item_id: str) -> dict[str, Any] | None:
    owner = world.holding("subscription", "items", item_id)
    items = owner["items"]["data"] if owner else []
    return next((item for item in items if item.get("id") == item_id), None)


def locate(world: World, object_id: str) -> dict[str, Any]:
    found = find(world, object_id)
    if found is None:
        raise MissingObject("object", object_id)
    return found


def patch(world: World, object_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Merge deep, silently: null sets null, lists replace, `$unset` removes dotted paths."""
    found = locate(world, object_id)
    before = opened(world, found, changes)
    check(before, changes)
    owner = world.touch(holder_of(world, found))
    changed = merged(before, changes)
    changed |= {name: found[name] for name in FIXED}
    found.clear()
    found.update(changed)
    owner["_by_hand"] = owner["_patched"] = True
    rest_if_overdue(world, owner)
    return world.render(found)


def rest_if_overdue(world: World, obj: dict[str, Any]) -> None:
    """What a patch sets into the past stays as it was set: nothing falls due at once and undoes it."""
    obj["_rests"] = False
    due = due_or_never(obj)
    obj["_rests"] = due is not None and due <= world.now_for(obj)


def holder_of(world: World, found: dict[str, Any]) -> dict[str, Any]:
    return world.get(found["id"]) or world.holding("subscription", "items", found["id"]) or found


def check(base: dict[str, Any], changes: dict[str, Any], path: str = "") -> None:
    """Any word and number may be set, also ones Stripe never sends; objects and lists stay what they are."""
    for name in FIXED:
        if not path and name in changes and changes[name] != base[name]:
            raise InvalidRequest(f"{name} cannot be changed.", param=name)
    unset = changes.get(UNSET, [])
    if not isinstance(unset, list) or not all(isinstance(item, str) for item in unset):
        raise InvalidRequest(f"{UNSET} is a list of dotted paths.", param=UNSET)
    for name, value in changes.items():
        old = base.get(name)
        if name == UNSET or value is None or old is None:
            continue
        if kind_of(old) != kind_of(value):
            raise InvalidRequest(f"{path}{name} is {kind_of(old)}, not {kind_of(value)}.", param=name)
        if isinstance(value, dict):
            check(old, value, f"{path}{name}.")


def kind_of(value: Any) -> str:
    return (
        "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a single value"
    )


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
