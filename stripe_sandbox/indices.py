"""Objects of one kind by the value of a field, so that nobody has to look at each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Object = dict[str, Any]


def value_at(obj: Object, path: str) -> Any:
    """`parent.subscription_details.subscription` steps into objects; None where the road ends."""
    value: Any = obj
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def keys_at(obj: Object, path: str) -> list[Any]:
    """What an object is filed under: a plain value, or the ids of what an embedded list holds."""
    value = value_at(obj, path)
    if isinstance(value, dict):
        parts = value.get("data")
        return [part.get("id") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return [] if isinstance(value, list) else [value]


class Index:
    """One field's drawers. An object lies where its value was when it was last filed."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.drawers: dict[Any, dict[str, Object]] = {}
        self.filed: dict[str, list[Any]] = {}

    def file(self, obj: Object) -> None:
        keys = keys_at(obj, self.path)
        if self.filed.get(obj["id"]) == keys:
            return
        self.drop(obj["id"])
        self.filed[obj["id"]] = keys
        for key in keys:
            self.drawers.setdefault(key, {})[obj["id"]] = obj

    def drop(self, object_id: str) -> None:
        for key in self.filed.pop(object_id, ()):
            drawer = self.drawers.get(key, {})
            drawer.pop(object_id, None)
            if not drawer:
                self.drawers.pop(key, None)


class Shelf:
    """`loose` are the objects of the open change: they may differ from how they were filed."""

    def __init__(self) -> None:
        self.objects: dict[str, Object] = {}
        self.loose: dict[str, Object] = {}
        self.indices: dict[str, Index] = {}

    def keep(self, obj: Object) -> None:
        self.objects[obj["id"]] = obj
        self.loose[obj["id"]] = obj

    def forget(self, object_id: str) -> None:
        del self.objects[object_id]
        self.loose.pop(object_id, None)
        for index in self.indices.values():
            index.drop(object_id)

    def settle(self) -> None:
        """The change is over: file what it had in hand as it now is."""
        for index in self.indices.values():
            for obj in self.loose.values():
                index.file(obj)
        self.loose = {}

    def index(self, path: str) -> Index:
        """Made when a field is first asked for, kept up to date from then on."""
        found = self.indices.get(path)
        if found is None:
            found = self.indices[path] = Index(path)
            for obj in self.objects.values():
                found.file(obj)
        return found

    def candidates(self, wanted: dict[str, Any]) -> Iterable[Object]:
        """Every object that has these values is among them."""
        drawers = [
            self.index(path).drawers.get(value, {})
            for path, value in wanted.items()
            if not isinstance(value, (dict, list))
        ]
        smallest = min(drawers, key=len, default=self.objects)
        return {**smallest, **self.loose}.values() if self.loose else smallest.values()
