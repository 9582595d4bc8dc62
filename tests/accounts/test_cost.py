"""What a page about signing in asks of the database: at most eight questions, none of them twice."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts.customer import Customer

pytestmark = pytest.mark.django_db
PATHS = (
    *(f"/accounts/2fa/{path}" for path in ("", "webauthn/", "webauthn/add/", "recovery-codes/")),
    *(f"/accounts/{path}/" for path in ("3rdparty", "email", "password/change")),
    *(f"/users/{path}/" for path in ("profile", "sessions", "activity", "export", "delete")),
)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_little(ada: Customer, path: str) -> None:
    ada.turn_codes_on()
    ada.add_passkey()
    Customer(ada.user).sign_in()
    ada.get(path)  # the first look shows messages

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ada.get(path).status_code == 200

    questions = Counter(query["sql"] for query in asked if query["sql"].startswith("SELECT"))
    assert questions.total() <= 8, "\n".join(questions)
    assert [sql for sql, times in questions.items() if times > 1] == []
