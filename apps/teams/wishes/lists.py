"""Reads a list of people, pasted or uploaded, into lines. Knows no team: whether a line can be invited is
decided in `wishes`.

Understood are addresses one per line or several on a line, `Ann Lee <ann@example.com>`, and CSV as
spreadsheets write it: comma, semicolon or tab, quotes, with or without a first line that names the columns.
Without one, what stands behind an address is its role.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.teams.roles import Role

MAX_LINES = 1_000
MAX_BYTES = 1_000_000
MOST_WORTH_READING = 11 * MAX_LINES  # beyond it nobody needs to know how many people the lines are
EMAIL_COLUMNS = {"email", "e-mail", "mail", "address", "email address", "e-mail address"}
ROLE_COLUMN = "role"
DELIMITERS = ",;\t"
# The shape of what is no text: control characters are rare in one, and a tenth of random bytes.
MOST_CONTROLS = 0.1


class BadList(Refused):
    """A list that cannot be read as a whole. Nothing of it was looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """`number` as an editor counts; `email` and `role` as they stand there, `role` empty if there is none."""

    number: int
    email: str
    role: str = ""


def decoded(raw: bytes) -> str:
    """The text of an uploaded file: UTF-8 or UTF-16, else Latin-1. BadList if it is no text."""
    if len(raw) > MAX_BYTES:
        raise too_large()
    text = raw.decode(_encoding(raw), errors="replace")
    if _looks_binary(text):
        raise BadList(_("This is not a text file. Save the list as CSV and upload that."))
    return text


def too_large() -> BadList:
    return BadList(_("The list is larger than 1 MB. Split it into several."))


def read_list(text: str) -> list[Line]:
    """The lines that are not empty, in order. BadList says what is wrong with the list as a whole."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise too_large()
    physical = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    if len(physical) > MOST_WORTH_READING:
        raise _too_many(_("The list has %(count)s lines, and %(max)s is the most at a time."), len(physical))
    rows = list(_rows(physical))
    header = _columns(rows[0][1]) if rows else None
    lines = list(_by_column(rows[1:], *header) if header else _by_look(rows))
    if not lines:
        raise BadList(
            _("The list has no addresses, only the names of its columns.")
            if header
            else _("The list is empty. Type or upload at least one address.")
        )
    if len(lines) > MAX_LINES:
        raise _too_many(_("The list has %(count)s people, and %(max)s is the most at a time."), len(lines))
    return lines


def role_named(word: str, default: Role) -> Role | None:
    """The role of our name or label, in any case; `default` for no word, None for one that is no role."""
    wanted = word.strip().casefold()
    if not wanted:
        return default
    names = {name.casefold(): role for role in Role for name in (role.value, str(role.label))}
    return names.get(wanted)


def _too_many(text: str, count: int) -> BadList:
    numbers = {"count": f"{count:,}", "max": f"{MAX_LINES:,}"}
    cure = _("Split it into several.")
    return BadList(f"{text % numbers} {cure}")


def _encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in raw:  # UTF-16 without its mark: every other byte of an ASCII letter is zero
        even, odd = raw[::2].count(0), raw[1::2].count(0)
        if max(even, odd) > len(raw) * 0.4 and min(even, odd) == 0:
            return "utf-16-be" if even else "utf-16-le"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _looks_binary(text: str) -> bool:
    controls = sum(unicodedata.category(char) == "Cc" for char in text if not char.isspace())
    return "\0" in text or (controls > 32 and controls > len(text) * MOST_CONTROLS)


def _rows(physical: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that is not empty."""
    reader = csv.reader(
        (f"{line}\n" for line in physical), delimiter=_delimiter(physical), skipinitialspace=True
    )
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise BadList(_("Line %(number)d is too long for an address.") % {"number": start}) from None
        _require_closed_quotes(physical[start - 1 : reader.line_num], start)
        if any(cell.strip() for cell in cells):
            yield start, [cell.strip() for cell in cells]
        start = reader.line_num + 1


def _require_closed_quotes(row: list[str], start: int) -> None:
    if sum(line.count('"') for line in row) % 2:
        text = _("A quotation mark in line %(number)d is opened and not closed.")
        raise BadList(text % {"number": start})


def _delimiter(lines: list[str]) -> str:
    """The one that occurs most in the first line that says anything, quotations aside."""
    first = re.sub(r'"[^"]*"', "", next((line for line in lines if line.strip()), ""))
    return max(DELIMITERS, key=first.count)


def _columns(cells: list[str]) -> tuple[int, int | None] | None:
    """Where address and role stand, if this row names the columns."""
    names = [cell.casefold() for cell in cells]
    email = next((index for index, name in enumerate(names) if name in EMAIL_COLUMNS), None)
    if email is None or any("@" in name for name in names):
        return None
    return email, names.index(ROLE_COLUMN) if ROLE_COLUMN in names else None


def _by_column(rows: list[tuple[int, list[str]]], email: int, role: int | None) -> Iterator[Line]:
    for number, cells in rows:
        padded = [*cells, *[""] * (max(email, role or 0) + 1)]
        yield Line(number, _address_in(padded[email]), padded[role] if role is not None else "")


def _by_look(rows: list[tuple[int, list[str]]]) -> Iterator[Line]:
    """Rows without named columns: each cell with an @ is an address, the cell behind it its role."""
    for number, row in rows:
        cells = [part for cell in row for part in _parts(cell)]
        found = [index for index, cell in enumerate(cells) if "@" in cell]
        for index in found:
            behind = cells[index + 1] if index + 1 < len(cells) else ""
            yield Line(number, _address_in(cells[index]), "" if "@" in behind else behind)
        if not found and any(cells):
            yield Line(number, next(cell for cell in cells if cell))


def _parts(cell: str) -> list[str]:
    """A cell split where another delimiter stands, or where several addresses stand side by side.

    Of `"Lee, Ann" <ann@example.com>` the name is left out, unless it is an address itself.
    """
    *before, last = re.split(r"<([^<>]*)>", cell)
    parts = []
    for outside, inside in zip(before[::2], before[1::2], strict=True):
        parts += [part for part in _split(outside) if "@" in part]
        parts.append(inside.strip())
    return parts if parts and not last.strip() else parts + _split(last)


def _split(text: str) -> list[str]:
    parts = re.split(f"[{DELIMITERS}\r\n]", text)
    words = [word for part in parts for word in (part.split() if part.count("@") > 1 else [part])]
    return [word.strip() for word in words]


def _address_in(cell: str) -> str:
    """Of `Ann Lee <ann@example.com>` the address."""
    in_brackets = re.search(r"<([^<>]*)>", cell)
    return (in_brackets[1] if in_brackets else cell).strip()
