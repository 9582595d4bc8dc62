"""What a log line says besides its words: which request, person, team and task it belongs to.

A page's facts are read from the request at the moment of the line and cost no query: a person whom nobody has
asked for yet stands in no line. A task's are bound by `bound` and by config/celery.py, and live in
structlog's context; those of the request that asked for the task come along with it.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bound_contextvars, get_contextvars

# What a task is told of the request, or of the task, that asked for it.
CARRIED = ("request_id", "user_id", "impersonator_id", "team")
SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)

_request: ContextVar[HttpRequest | None] = ContextVar("request_of_log_lines", default=None)


def sane_request_id(offered: str) -> str:
    """The one a proxy gave, if it is 8 to 64 letters, digits, dots and dashes; else a new one."""
    return offered if SANE_ID.fullmatch(offered) else secrets.token_hex(16)


@contextmanager
def lines_of(request: HttpRequest) -> Iterator[None]:
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def bound(**facts: Any) -> Any:
    """Lines inside carry these facts, as well as those of tasks that are asked for there."""
    return bound_contextvars(**{name: str(value) for name, value in facts.items()})


def facts() -> dict[str, Any]:
    """Those that are known here of request_id, user_id, impersonator_id, team (its id), and of the task
    task, task_id and parent_task_id.
    """
    request = _request.get()
    return {**(_facts_of(request) if request else {}), **get_contextvars()}


def carried_facts() -> dict[str, Any]:
    known = facts()
    return {name: known[name] for name in CARRIED if name in known}


def request_id() -> str:
    """ "" outside of a request and of what it asked for."""
    return facts().get("request_id", "")


def _facts_of(request: HttpRequest) -> dict[str, Any]:
    team = getattr(request, "team", None)
    staff = getattr(request, "impersonator_id", None)
    known = {
        "request_id": getattr(request, "request_id", None),
        "user_id": _user_id(request),
        "impersonator_id": staff and str(staff),
        "team": team and str(team.pk),
    }
    return {name: value for name, value in known.items() if value}


def _user_id(request: HttpRequest) -> str | None:
    """Only of somebody the request has looked up already: a log line asks no database."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject) and not hasattr(request, "_cached_user"):
        return None
    return str(user.pk) if user is not None and user.pk else None


def add_facts(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog. What the line says itself wins."""
    for name, value in facts().items():
        line.setdefault(name, value)
    return line


class InRequestOrTask(logging.Filter):
    """A logger's filter: what is only of interest there; warnings always are."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.INFO or bool(facts())
