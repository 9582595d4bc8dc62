"""A question that every page asks: its SQL is written once, from a queryset, then asked with other values.

Django builds a queryset and writes its SQL anew each time, which takes several times as long as the database
takes to answer. PostgreSQL, too, reads and plans it once for each connection (`planned_once.py`). Rows come
as from the queryset itself: the same models, with what was selected along.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import InsertQuery, Query

Row = TypeVar("Row")

KEPT = "_prepared_questions"  # with each connection, for as long as it


class Slot(Expression):
    """Where a value will stand; `field` writes it for the database."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # a list, as Django 5.2 puts them together
        return "%s", [self]


class Prepared(Generic[Row]):
    """`build` takes a `Slot` for each of `fields` by its name, and answers a queryset without prefetches.

    What `build` reads of the settings, it reads once. A value is never None: that is another question in SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **fields: Field[Any, Any]) -> None:
        self.build = build
        self.slots = {name: Slot(name, field) for name, field in fields.items()}

    def ask(self, **values: Any) -> list[Row]:
        """The rows (one query)."""
        return self._written().rows(values)

    def _written(self) -> _Written:
        connection = connections[DEFAULT_DB_ALIAS]
        kept: dict[Prepared[Any], _Written] = connection.__dict__.setdefault(KEPT, {})
        if self not in kept:
            kept[self] = _Written(self.build(**self.slots), connection)
        return kept[self]


class _Written:
    """The queryset in the words of one connection, and how its rows are made of what the database answers."""

    def __init__(self, queryset: QuerySet[Any], connection: Any) -> None:
        self.connection = connection
        self.compiler = queryset.query.get_compiler(connection=connection)
        sql, params = self.compiler.as_sql()
        self.sql, self.params = _with_constants(sql, params, connection)
        columns = [column for column, *_rest in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(columns)
        self.row = MAKERS[queryset._iterable_class](queryset.query, self.compiler)
        self.answered = _asker(connection, self.sql)

    def rows(self, values: dict[str, Any]) -> list[Any]:
        params = [self._value(each, values) if isinstance(each, Slot) else each for each in self.params]
        answered = self.answered(params)
        return list(map(self.row, self.compiler.apply_converters(answered, self.converters)))

    def _value(self, slot: Slot, values: dict[str, Any]) -> Any:
        return slot.output_field.get_db_prep_value(values[slot.name], self.connection)


def _asker(connection: Any, sql: str) -> Callable[[list[Any]], list[Any]]:
    def answered(params: list[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows: list[Any] = cursor.fetchall()
        return rows

    if connection.vendor == "postgresql":
        # Where the database is SQLite, PostgreSQL's driver is not read.
        from apps.core.planned_once import PlannedOnce, is_planned_on  # noqa: PLC0415

        if is_planned_on(connection):
            planned = PlannedOnce(connection, sql).rows
            # What is logged is shown with its values, which only Django's own cursor writes into it.
            return lambda params: (answered if connection.queries_logged else planned)(params)
    return answered


def _with_constants(sql: str, params: Any, connection: Any) -> tuple[str, list[Any]]:
    """What never changes stands in the statement: PostgreSQL plans with it, and it is not sent each time."""
    parts = sql.split("%s")
    if connection.vendor != "postgresql" or len(parts) != len(params) + 1:
        return sql, list(params)
    connection.ensure_connection()  # values are written as the server reads them
    written = parts[0]
    for value, part in zip(params, parts[1:], strict=True):
        is_slot = isinstance(value, Slot)
        written += "%s" if is_slot else connection.ops.compose_sql("%s", [value]).replace("%", "%%")
        written += part
    return written, [value for value in params if isinstance(value, Slot)]


def _models(query: Query, compiler: Any) -> Callable[[Any], Any]:
    """As Django's ModelIterable, which finds all of this out anew for each queryset."""
    klass, select = compiler.klass_info, compiler.select
    model, positions = klass["model"], klass["select_fields"]
    own = slice(positions[0], positions[-1] + 1)
    names = [column.target.attname for column, *_rest in select[own]]
    related = get_related_populators(klass, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are for 6.1
    extra = tuple((compiler.annotation_col_map or {}).items())

    def row(values: Any) -> Any:
        made = model.from_db(DEFAULT_DB_ALIAS, names, values[own])
        for each in related:
            each.populate(values, made)
        for name, position in extra:
            setattr(made, name, values[position])
        return made

    return row


def _dicts(query: Query, compiler: Any) -> Callable[[Any], Any]:
    names = list(query.selected or (*query.values_select, *query.annotation_select))
    return lambda values: dict(zip(names, values, strict=False))


def _tuples(query: Query, compiler: Any) -> Callable[[Any], Any]:
    return tuple


def _first(query: Query, compiler: Any) -> Callable[[Any], Any]:
    return lambda values: values[0]


# What a queryset's rows are, by what it was told: nothing, `values`, `values_list`, `values_list(flat=True)`.
MAKERS = {
    ModelIterable: _models,
    ValuesIterable: _dicts,
    ValuesListIterable: _tuples,
    FlatValuesListIterable: _first,
}


class PreparedInsert:
    """A row that is stored unless it is there: one statement, and no transaction around it."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.fields = [field for field in model._meta.concrete_fields if not field.primary_key]

    def insert(self, row: Model) -> bool:
        """False: one with its unique values was there, and nothing was written. `row` gets no primary key."""
        connection = connections[DEFAULT_DB_ALIAS]
        values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in self.fields]
        with connection.cursor() as cursor:
            cursor.execute(self._sql(row, connection), values)
            return bool(cursor.rowcount)

    def _sql(self, row: Model, connection: Any) -> str:
        kept: dict[PreparedInsert, str] = connection.__dict__.setdefault(KEPT, {})
        if self not in kept:
            query = InsertQuery(self.model, on_conflict=OnConflict.IGNORE)
            query.insert_values(self.fields, [row])
            ((kept[self], _values),) = query.get_compiler(connection=connection).as_sql()
        return kept[self]
