"""Every address, asked by everybody, in every way: the answers of table.py, and nothing changes besides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.access.people import PEOPLE
from tests.access.routes import route_called
from tests.access.table import TABLE, Row
from tests.access.world import filled

pytestmark = pytest.mark.django_db
ROWS = [pytest.param(row, id=str(row)) for row in TABLE]


@pytest.mark.parametrize("row", ROWS)
def test_everybody_gets_the_answer_of_the_table(access: Any, row: Row) -> None:
    world, asker = access(row.given)
    path = route_called(row.name).path(world.ours) + row.query
    wrong = []

    for who in PEOPLE:
        for method, expected in answers_to(row, who).items():
            for way in ("page", "htmx"):
                body = filled(row.body, world.ours)
                word = asker.word(world.clients[who], method, path, body, htmx=way == "htmx")
                if word != expected:
                    wrong.append(f"{who} {method} {way}: {word}, not {expected}")

    assert not wrong, "\n".join([f"{row}: see tests/access/table.py", *wrong])


def answers_to(row: Row, who: str) -> dict[str, str]:
    """HEAD is a GET without a body, and never changes or asks anything."""
    head = {} if row.head else {"HEAD": row.get[who].removesuffix("+")}
    return {"GET": row.get[who], "POST": row.post[who], **head}
