"""The model, page and task that docs/teams.md shows, in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.http import Http404
from django.test import RequestFactory

from apps.teams.managers import UnscopedQuery
from apps.teams.models import Team
from apps.teams.tests.factories import TeamFactory

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = Path(settings.BASE_DIR) / "docs" / "teams.md"


@pytest.fixture(scope="module")
def code() -> Iterator[dict[str, Any]]:
    """The names that the section's examples define; their model is forgotten afterwards."""
    section = PAGE.read_text().partition("### A model of your own")[2].partition("\n## ")[0]
    names: dict[str, Any] = {"__name__": "apps.web.shown"}
    for block in re.findall(r"^```python\n(.*?)^```", section, re.M | re.S):
        exec(block, names)
    yield names
    del apps.all_models["web"]["project"]
    del Team.projects
    apps.clear_cache()


@pytest.fixture
def shown(code: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """With a table for the model."""
    with connection.schema_editor() as editor:
        editor.create_model(code["Project"])
    yield code
    with connection.schema_editor() as editor:
        editor.delete_model(code["Project"])


def ask(view: Any, team: Any, project: Any) -> Any:
    request: Any = RequestFactory().get("/")
    request.membership = team.memberships.get()
    request.team, request.user = team, request.membership.user
    return view(request, team_slug=team.slug, project_id=project.pk)


def test_the_page_shows_what_is_the_teams_and_finds_nothing_else(shown: dict[str, Any]) -> None:
    mine, theirs = TeamFactory(), TeamFactory()
    own = mine.projects.create(name="Engine")
    foreign = theirs.projects.create(name="Secret")

    assert ask(shown["project"], mine, own).content == b"Engine"
    with pytest.raises(Http404):
        ask(shown["project"], mine, foreign)


def test_the_task_works_on_what_is_the_teams(shown: dict[str, Any]) -> None:
    mine, theirs = TeamFactory(), TeamFactory()
    own, foreign = mine.projects.create(name="Engine"), theirs.projects.create(name="Secret")

    for project in (own, foreign):
        shown["archive"](str(mine.pk), str(project.pk))

    assert list(shown["Project"].all_teams.all()) == [foreign]


def test_nobody_asks_the_model_without_a_team(shown: dict[str, Any]) -> None:
    with pytest.raises(UnscopedQuery, match=r"Project.objects.of\(team\)"):
        shown["Project"].objects.all()
