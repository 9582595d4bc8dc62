"""The table is whole: every address has a row, and every row an address."""

from __future__ import annotations

from tests.access.people import PEOPLE
from tests.access.routes import routes
from tests.access.table import BODIES, TABLE

ROWS = {row.name for row in TABLE}


def test_every_address_has_a_row():
    missing = sorted({route.name for route in routes()} - ROWS)

    assert not missing, f"Add a row to tests/access/table.py for: {missing}"


def test_every_row_has_an_address():
    stale = sorted((ROWS | set(BODIES)) - {route.name for route in routes()})

    assert not stale, f"Take these out of tests/access/table.py: {stale}"


def test_every_row_answers_everybody():
    gaps = [str(row) for row in TABLE if set(row.get) != set(PEOPLE) or set(row.post) != set(PEOPLE)]

    assert not gaps, f"Somebody of people.py gets no answer in: {gaps}"


def test_every_address_has_a_name():
    assert not [route.pattern for route in routes() if route.name.endswith("None")]


def test_no_situation_is_told_twice():
    asked = [str(row) for row in TABLE]

    assert len(asked) == len(set(asked))
