"""A question that every page asks: its SQL is written once, from a queryset, then asked with other values.

Django builds a queryset and writes its SQL anew each time, which takes several times as long as the database
takes to answer. Rows come as from the queryset itself: the same models, with what was selected along.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, QuerySet

Row = TypeVar("Row")

KEPT = "_prepared_questions"  # with each connection, for as long as it


class Slot(Expression):
    """Where a value will stand; `field` writes it for the database."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class Prepared(Generic[Row]):
    """`build` takes a `Slot` for each of `fields` by its name, and answers a queryset without prefetches.

    What `build` reads of the settings, it reads once. A value is never None: that is another question in SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]], **fields: Field[Any, Any]) -> None:
        self.build = build
        self.slots = {name: Slot(name, field) for name, field in fields.items()}

    def ask(self, **values: Any) -> list[Row]:
        """The rows (one query)."""
        written = self._written()
        return list(written.iterable(_Asked(written, values)))

    def _written(self) -> _Written:
        connection = connections[DEFAULT_DB_ALIAS]
        kept: dict[Prepared[Any], _Written] = connection.__dict__.setdefault(KEPT, {})
        if self not in kept:
            kept[self] = _Written(self.build(**self.slots), connection)
        return kept[self]


class _Written:
    """The queryset in the words of one connection."""

    def __init__(self, queryset: QuerySet[Any], connection: Any) -> None:
        self.query, self.iterable = queryset.query, queryset._iterable_class
        self.connection = connection
        self.compiler = self.query.get_compiler(connection=connection)
        self.sql, self.params = self.compiler.as_sql()

    def params_with(self, values: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(self._written(each, values) if isinstance(each, Slot) else each for each in self.params)

    def _written(self, slot: Slot, values: dict[str, Any]) -> Any:
        return slot.output_field.get_db_prep_value(values[slot.name], self.connection)


class _Asked:
    """What Django's iterables want of a queryset, with a compiler that has nothing left to do."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = {}
    _hints: dict[str, Any] = {}
    _fields = None

    def __init__(self, written: _Written, values: dict[str, Any]) -> None:
        answer = written.sql, written.params_with(values)
        compiler, self.query = _twin(written.compiler), _twin(written.query)
        compiler.as_sql = lambda *args, **kwargs: answer
        self.query.get_compiler = lambda *args, **kwargs: compiler


def _twin(original: Any) -> Any:
    """`copy.copy`, which asks around for how to do it each time."""
    twin = object.__new__(type(original))
    twin.__dict__.update(original.__dict__)
    return twin
