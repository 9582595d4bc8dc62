"""Rows as CSV that every spreadsheet opens, and that none works out as a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.http import StreamingHttpResponse

BOM = "\ufeff"  # without it Excel takes UTF-8 for its own old alphabet
AT_A_TIME = 2000
# What a spreadsheet takes for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Where semicolons divide the cells (most of Europe), our quotation marks hold nothing together: what stands
# behind a semicolon or in a new line begins a cell of its own.
BEGINS_A_CELL_ELSEWHERE = re.compile(r"([;\t\r\n][;\t\r\n \"]*)(?=[=+\-@＝＋－＠])")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """RFC 4180 in pieces of many lines, times in UTC. Memory does not grow with the number of lines."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow(columns)
    piece: list[str] = []
    for row in rows:
        piece.append(writer.writerow([_cell(value) for value in row]))
        if len(piece) == AT_A_TIME:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)


def csv_answer(name: str, pieces: Iterable[str]) -> StreamingHttpResponse:
    """`pieces` of `as_csv` as a file to keep; `name` without its ending."""
    return StreamingHttpResponse(
        pieces,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return _as_text(value) if isinstance(value, str) else value


def _as_text(value: str) -> str:
    """With an apostrophe before whatever a spreadsheet would work out."""
    inside = BEGINS_A_CELL_ELSEWHERE.sub(r"\1'", value)
    return f"'{inside}" if value.lstrip(" ").startswith(FORMULA) else inside


class _Echo:
    """What `csv` writes comes back as the answer of `writerow`."""

    def write(self, text: str) -> str:
        return text
