"""Statements that PostgreSQL reads and plans once for each connection: then it is handed their values alone.

A question with many joins takes longer to plan than to answer. Django's own statements differ each time, and
go as ever.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.errors import FeatureNotSupported
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader


def is_planned_on(connection: Any) -> bool:
    """Where connections have a `prepare_threshold`. Behind PgBouncer they have none: what the next statement
    reaches may be a server that was told nothing.
    """
    return connection.settings_dict["OPTIONS"].get("prepare_threshold") is not None


class PlannedOnce:
    """One statement on one connection. Its cursor stays: the driver need not look at its columns anew."""

    def __init__(self, connection: Any, sql: str) -> None:
        self.connection, self.sql = connection, sql
        self.cursor: _Cursor | None = None

    def rows(self, params: list[Any]) -> list[Any]:
        """As with Django's own cursor: a connection that is lost is opened again, statements are counted."""
        connection = self.connection
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        if self.cursor is None or self.cursor.connection is not connection.connection:
            self.cursor = _Cursor(connection.connection)
        asked = connection._prepare_cursor(self.cursor)
        asked.execute(self.sql, params)
        return asked.fetchall()  # type: ignore[no-any-return]


class _Cursor(ServerBindingCursor):
    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        # Moments are read by the driver, in C, where the server tells them in UTC. Django's reader is Python.
        if connection.info.parameter_status("TimeZone") == "UTC":
            self.adapters.register_loader("timestamptz", TimestamptzLoader)

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """A column that was made another kind meanwhile makes its plans void: they are made anew, once.

        In a transaction, which is broken by then, the error is told; its end forgets the plans.
        """
        try:
            return super().execute(query, params, **options)
        except FeatureNotSupported:
            if self.connection.info.transaction_status != TransactionStatus.IDLE:
                raise
            self.connection.execute("DEALLOCATE ALL")
            return super().execute(query, params, **options)
