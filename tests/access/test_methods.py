"""The other ways to ask change nothing and break nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.access.people import PEOPLE
from tests.access.routes import route_called
from tests.access.table import TABLE, Row
from tests.access.world import filled

pytestmark = pytest.mark.django_db
ROWS = [pytest.param(row, id=str(row)) for row in TABLE]
OTHERS = ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
# Refused, not there, not for this method; OPTIONS says what there is, and sends the rest to sign in. 401 is
# what allauth says to whoever comes back from Google without having gone there.
HARMLESS = {"200", "302", "400", "401", "403", "404", "405", "login", "admin-login"}
# No browser sends its cookies along: Stripe signs what it posts.
TAKES_POSTS_OF_OTHER_SITES = {"stripe_webhook"}
# A visitor's language, a cookie of their own: public pages have no token and set no cookie.
OF_VISITORS = {"set_language"}


@pytest.mark.parametrize("row", ROWS)
def test_no_other_method_changes_or_breaks_anything(access: Any, row: Row) -> None:
    world, asker = access(row.given)
    path = route_called(row.name).path(world.ours) + row.query
    body = row.body

    words = {
        (who, method): asker.word(world.clients[who], method, path, filled(body, world.ours))
        for who in ("anonymous", "stranger", "owner", "superuser")
        for method in OTHERS
    }

    assert {asked: word for asked, word in words.items() if word not in HARMLESS} == {}


@pytest.mark.parametrize(
    "row", [case for case in ROWS if any("+" in w for w in case.values[0].post.values())]
)
def test_a_form_on_another_site_cannot_post_here(access: Any, row: Row) -> None:
    world, asker = access(row.given)
    path = route_called(row.name).path(world.ours) + row.query
    strict = Client(enforce_csrf_checks=True)
    wrong = {}

    for who in PEOPLE:
        strict.cookies = world.clients[who].cookies
        if "+" in row.post[who]:
            wrong[who] = asker.word(strict, "POST", path, filled(row.body, world.ours))

    assert set(wrong.values()) == {"403"}, f"{row} takes what another site posts: {wrong}"


def test_who_needs_no_token_is_known() -> None:
    exempt = {row.name for row in TABLE if getattr(_view(row.name), "csrf_exempt", False)}

    assert exempt == TAKES_POSTS_OF_OTHER_SITES | OF_VISITORS


def _view(name: str) -> Any:
    return route_called(name).view
