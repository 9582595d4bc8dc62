"""A log to be read in tests, as the terminal or a machine would get it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import DictConfigurator  # type: ignore[attr-defined]
from typing import Any

from config.logging import configured


class Lines(logging.Handler):
    """All lines since the block began, formatted as LOG_FORMAT says."""

    def __init__(self, log_format: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        config = configured(log_format)
        configurator = DictConfigurator(config)
        self.setFormatter(configurator.configure_formatter(config["formatters"]["line"]))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def facts(self, words: str = "", logger: str = "") -> list[dict[str, Any]]:
        """The JSON lines with these words in their event, of this logger or one below."""
        lines = [json.loads(line) for line in self.lines]
        return [line for line in lines if words in line["event"] and line["logger"].startswith(logger)]


@contextmanager
def read_log(log_format: str = "json", level: int = logging.INFO) -> Iterator[Lines]:
    """What all loggers say meanwhile."""
    root, handler = logging.getLogger(), Lines(log_format)
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
