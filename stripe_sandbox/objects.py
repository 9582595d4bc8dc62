"""Every object of a world: by id, by kind in the order of their making, and by the value of a field."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.indices import Object, Shelf, keys_at, value_at


class Objects:
    def __init__(self) -> None:
        self.by_id: dict[str, Object] = {}
        self.shelves: dict[str, Shelf] = {}
        self.number_of: dict[str, int] = {}
        self.count = 0

    def all(self, kind: str) -> list[Object]:
        shelf = self.shelves.get(kind)
        return list(shelf.objects.values()) if shelf else []

    def where(self, kind: str, wanted: dict[str, Any]) -> list[Object]:
        shelf = self.shelves.get(kind)
        if shelf is None:
            return []
        found = [
            obj
            for obj in shelf.candidates(wanted)
            if all(value_at(obj, path) == value for path, value in wanted.items())
        ]
        return sorted(found, key=lambda obj: self.number_of[obj["id"]])

    def holding(self, kind: str, path: str, part_id: str) -> Object | None:
        shelf = self.shelves.get(kind)
        if shelf is None:
            return None
        found = (obj for obj in shelf.candidates({path: part_id}) if part_id in keys_at(obj, path))
        return next(found, None)

    def add(self, obj: Object) -> None:
        self.count += 1
        self.number_of[obj["id"]] = self.count
        self.keep(obj)

    def load(self, number: int, obj: Object) -> None:
        self.number_of[obj["id"]] = self.count = number
        self.keep(obj)

    def keep(self, obj: Object) -> None:
        self.by_id[obj["id"]] = obj
        self.shelves.setdefault(obj["object"], Shelf()).keep(obj)

    def put_back(self, obj: Object) -> None:
        """Keep what was removed, at its old place."""
        self.keep(obj)
        shelf = self.shelves[obj["object"]]
        ordered = sorted(shelf.objects.items(), key=lambda entry: self.number_of[entry[0]])
        shelf.objects = dict(ordered)

    def forget(self, object_id: str) -> None:
        obj = self.by_id.pop(object_id, None)
        if obj is not None:
            self.shelves[obj["object"]].forget(object_id)

    def loosen(self, obj: Object) -> None:
        """It is about to change: what it is filed under no longer counts."""
        shelf = self.shelves.get(obj["object"])
        if shelf is not None and obj["id"] in shelf.objects:
            shelf.loose[obj["id"]] = obj

    def settle(self) -> None:
        for shelf in self.shelves.values():
            if shelf.loose:
                shelf.settle()
