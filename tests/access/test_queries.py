"""What a signed-in page costs the database: a handful of questions, none of them twice, whoever looks."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.budgets import BUDGETS
from tests.access.people import PEOPLE
from tests.access.routes import route_called
from tests.access.table import BILLING, MINE, TEAM, Row

pytestmark = pytest.mark.django_db

MOST = BUDGETS["page"]["queries"]
# Asks Stripe, which is said in the table, or reads a ledger to its end while it is sent.
NO_PAGES = {"subscriptions:next_invoice", "subscriptions:seats_export", "subscriptions:portal_return"}
PAGES = [
    pytest.param(row, id=str(row))
    for row in (*TEAM, *MINE, *BILLING)
    if "200" in row.get.values() and row.name not in NO_PAGES and "preview=1" not in row.query
]


@pytest.mark.parametrize("row", PAGES)
def test_a_page_asks_little_and_nothing_twice(access: Any, row: Row) -> None:
    world, _asker = access(row.given)
    path = route_called(row.name).path(world.ours) + row.query
    wrong = []

    for who in (who for who in PEOPLE if row.get[who] == "200"):
        with CaptureQueriesContext(connection) as asked:
            world.clients[who].get(path)
        wrong += [f"{who}: {fault}" for fault in faults([query["sql"] for query in asked])]

    assert not wrong, "\n".join(wrong)


def faults(asked: list[str]) -> list[str]:
    twice = [f"asked {count} times: {sql[:200]}" for sql, count in Counter(asked).items() if count > 1]
    many = [f"{len(asked)} queries", *(sql[:120] for sql in asked)] if len(asked) > MOST else []
    return twice + many
