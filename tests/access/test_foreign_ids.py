"""An id of another team, behind the address of one's own: 404, whoever asks and however."""

from __future__ import annotations

from typing import Any

import pytest

from tests.access.people import OUTSIDERS, PEOPLE
from tests.access.routes import route_called, routes
from tests.access.table import TABLE, Row
from tests.access.world import filled

pytestmark = pytest.mark.django_db
BELOW_A_TEAM = {route.name for route in routes() if "team_slug" in route.arguments}
NAMES_SOMETHING = {
    route.name for route in routes() if route.name in BELOW_A_TEAM and len(route.arguments) > 1
}


def names_something(row: Row) -> bool:
    """By an id in its address, or in what is posted to it."""
    return row.name in NAMES_SOMETHING or any("_id}" in str(value) for value in row.body.values())


def cases(chosen: list[Row]) -> list[Any]:
    return [pytest.param(row, id=str(row)) for row in chosen]


@pytest.mark.parametrize("row", cases([row for row in TABLE if names_something(row)]))
def test_what_is_another_teams_is_not_found(access: Any, row: Row) -> None:
    world, asker = access(row.given)
    path = route_called(row.name).path(world.foreign) + row.query
    wrong = []

    for who in PEOPLE:
        for method, own in (("GET", row.get), ("POST", row.post)):
            if method == "GET" and row.name not in NAMES_SOMETHING:
                continue
            word = asker.word(world.clients[who], method, path, filled(row.body, world.foreign))
            expected = own[who] if own[who] in ("login", "403", "405") else "404"
            if word != expected:
                wrong.append(f"{who} {method}: {word}, not {expected}")

    assert not wrong, "\n".join([f"{row} with an id of another team", *wrong])


def test_there_are_such_addresses() -> None:
    assert len(NAMES_SOMETHING) > 3


@pytest.mark.parametrize("row", cases([row for row in TABLE if row.name in BELOW_A_TEAM]))
def test_a_former_address_tells_outsiders_nothing_either(access: Any, row: Row) -> None:
    world, asker = access(row.given)
    values = {**world.ours, "team_slug": world.former_slug}
    path = route_called(row.name).path(values) + row.query

    told = {
        (who, method): word
        for who in OUTSIDERS
        for method, expected in (("GET", row.get), ("POST", row.post))
        if (word := asker.word(world.clients[who], method, path, filled(row.body, values))) != expected[who]
    }

    assert told == {}
