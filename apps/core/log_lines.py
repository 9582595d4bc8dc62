"""How a log line is written: one JSON object for machines, or words for a person. One event is one line.

Whatever stands in a name, a header or an error, it cannot begin a second line or move a terminal's cursor.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

from apps.core.log_scrub import scrub, scrub_all

Line = MutableMapping[str, Any]

FIRST = ("timestamp", "level", "logger", "event")
# What a text line does not repeat: its words have it, or nobody reads it on a terminal.
NOT_IN_WORDS = (*FIRST, "method", "path", "status", "ms", "times", "exception", "stack", "routing_key")
IDS = ("request_id", "user_id", "team", "task_id", "parent_task_id", "child_task_id")
LOGGERS_IN_WORDS = {"django_structlog.celery.receivers": "celery"}


def add_time(logger: Any, method: str, line: Line) -> Line:
    """When it happened, not when it was written; UTC with milliseconds."""
    record = line.get("_record")
    moment = datetime.fromtimestamp(record.created, UTC) if record else datetime.now(UTC)
    line["timestamp"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return line


def hide_secrets(logger: Any, method: str, line: Line) -> Line:
    clean: Line = scrub_all(line)
    return clean


def as_json(logger: Any, method: str, line: Line) -> str:
    ordered = {name: line.pop(name) for name in FIRST if name in line}
    return json.dumps({**ordered, **line}, default=lambda value: scrub(str(value)))


def as_words(logger: Any, method: str, line: Line) -> str:
    """12:01:33.120 INFO apps.core.log_requests GET /pricing/ 200 12 ms request_id=0fbd56c8 team=9f463cb6"""
    name = LOGGERS_IN_WORDS.get(line["logger"], line["logger"])
    head = f"{line['timestamp'][11:-1]} {line['level'].upper()} {name}"
    facts = [f"{key}={_in_short(key, str(line[key]))}" for key in line if key not in NOT_IN_WORDS]
    below = [str(line[key]) for key in ("exception", "stack") if line.get(key)]
    first = " ".join([head, in_one_line(str(line["event"])), *facts])
    return "\n".join([first, *(_indented(text) for text in below)])


def _in_short(key: str, value: str) -> str:
    """On a terminal the beginning tells ids apart, and a task is known by its function."""
    if key in IDS:
        return in_one_line(value[:8])
    return in_one_line(value.rpartition(".")[2] if key == "task" else value)


def in_one_line(text: str) -> str:
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(sign: str) -> str:
    return sign if sign.isprintable() else sign.encode("unicode_escape").decode()


def _indented(text: str) -> str:
    return "\n".join(f"    {in_one_line(row)}" for row in text.split("\n"))
