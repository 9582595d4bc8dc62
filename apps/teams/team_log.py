"""Log lines that are written while a task works for a team say which."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_team_id: ContextVar[Any] = ContextVar("team_id", default=None)


@contextmanager
def lines_of_team(team_id: Any) -> Iterator[None]:
    token = _team_id.set(team_id)
    try:
        yield
    finally:
        _team_id.reset(token)


class WithTeam(logging.Filter):
    """A handler's filter: `record.team` is " team=<id>", or "" outside of such a task."""

    def filter(self, record: logging.LogRecord) -> bool:
        team_id = _team_id.get()
        record.team = f" team={team_id}" if team_id else ""
        return True
