"""Whatever changes something has an answer for staff at a customer's place: nothing is open by chance."""

from __future__ import annotations

import pytest

from apps.web import impersonation_rules
from apps.web.impersonation_rules import CLOSED, MONEY, OPEN, Refusal, refusal
from tests.access.routes import routes
from tests.access.table import TABLE

NAMES = {route.name for route in routes()}
# What a post is answered with where there is nothing to post.
NOTHING = {"404", "405", "login"}
# The admin is open to staff alone, at whose place nobody can be: there the answer is no, by whatever name.
CHANGES = sorted(
    {row.name for row in TABLE if set(row.post.values()) - NOTHING and not row.name.startswith("admin:")}
)


def test_there_is_something_to_ask_about() -> None:
    assert len(CHANGES) > 40


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_something_is_in_the_table(name: str) -> None:
    why = refusal(name, "POST")

    assert why is not Refusal.UNKNOWN, f"Say in apps/web/impersonation_rules.py what {name} is"


def test_the_table_names_addresses_there_are() -> None:
    named = OPEN | MONEY | CLOSED

    assert named - NAMES == set()


def test_no_address_is_named_twice() -> None:
    assert not OPEN & MONEY
    assert not CLOSED & (OPEN | MONEY)


def test_what_nobody_thought_of_is_refused() -> None:
    assert refusal("documents:delete", "POST") is Refusal.UNKNOWN
    assert refusal("documents:delete", "PATCH") is Refusal.UNKNOWN
    assert refusal("documents:list", "GET") is None


def test_whatever_is_about_signing_in_is_closed_though_it_came_yesterday() -> None:
    for name in ("account_request_login_code", "mfa_trust", "users:export", "users:delete", "okta_login"):
        assert refusal(name, "GET") is Refusal.ACCOUNT
        assert refusal(name, "POST") is Refusal.ACCOUNT


def test_the_money_switch_opens_money_and_nothing_else(settings: object) -> None:
    settings.IMPERSONATION_MAY_ACT_ON_MONEY = True  # type: ignore[attr-defined]

    opened = [name for name in CHANGES if refusal(name, "POST") is None]

    assert set(opened) - impersonation_rules.OPEN == MONEY
