"""No page says anything that a translation could not reach."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language_info

from tests.access.routes import route_called
from tests.access.table import TABLE, Row
from tests.access.world import AccessWorld
from tests.languages.reading import untranslated

pytestmark = pytest.mark.django_db
DRAWN = [row for row in TABLE if not row.name.startswith("admin:")]
WHO = ("anonymous", "member", "owner", "stranger")
NOT_A_PAGE = {"web:robots", "web:health", "web:ready", "web:manifest", "web:sitemap"}


@pytest.mark.parametrize("given", ["", "catalogue", "pro", "ending"])
def test_every_text_of_every_page_comes_from_the_catalogue(access: Any, given: str, in_brackets: str) -> None:
    world, _asker = access(given)
    speak(world, in_brackets)
    rows = [row for row in DRAWN if row.given == given and row.name not in NOT_A_PAGE]

    found = {f"{who} {row}: {text}" for row in rows for who in WHO for text in _read(world, row, who)}

    assert not found, "\n".join(sorted(found))


def _read(world: AccessWorld, row: Row, who: str) -> list[str]:
    path = route_called(row.name).path(world.ours) + row.query
    asked = [world.clients[who].get(path)]
    if row.post[who] in ("200", "422", "302+"):
        asked.append(world.clients[who].post(path, {}))  # nothing filled in: every error there is
    pages = [answer for answer in asked if answer.get("Content-Type", "").startswith("text/html")]
    return [text for page in pages for text in untranslated(page.content.decode(), names(world))]


def speak(world: AccessWorld, code: str) -> None:
    for client in world.clients.values():
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = code


def names(world: AccessWorld) -> tuple[str, ...]:
    people = {person.name for person in world.people.values() if person.name}
    languages = [capfirst(get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    longest_first = sorted(languages, key=len, reverse=True)  # British English, then English
    return (world.team.name, world.theirs.name, world.team.slug, *people, *longest_first)
