"""The list of what a new team does first, on its home page."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.tests.pictures import picture
from apps.teams.roles import Role
from apps.teams.services import create_team, invite
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return UserFactory(name="")


@pytest.fixture
def team(owner):
    return create_team("Acme", by=owner)


@pytest.fixture
def home(client, team, owner):
    client.force_login(owner)
    return lambda: client.get(f"/a/{team.slug}/")


def done(response) -> list[str]:
    return [step.title for step in response.context["first_steps"].steps if step.done]


def test_what_was_done_is_ticked_off(home, client, team, owner):
    client.post("/users/profile/", {"name": "Ada", "time_zone": "UTC"})
    client.post(f"/a/{team.slug}/team/settings/logo/", {"logo": _file()})
    invite(team, ["bo@example.com"], Role.MEMBER, by=owner)

    page = home()

    assert done(page) == [
        "Create your team",
        "Tell people your name",
        "Invite your colleagues",
        "Give the team a logo",
    ]
    assert "4 of 5 done" in page.content.decode()


def _file():
    return SimpleUploadedFile("logo.png", picture(), "image/png")


def test_only_the_next_step_has_the_button_of_the_page(home):
    tones = [(step.title, step.tone) for step in home().context["first_steps"].steps]

    assert [title for title, tone in tones if tone == "primary"] == ["Tell people your name"]


def test_hidden_by_one_they_are_gone_for_all_and_can_be_brought_back(home, client, team, owner):
    address = f"/a/{team.slug}/first-steps/"
    client.post(address)
    colleague = MembershipFactory(team=team, role=Role.ADMIN).user

    client.force_login(colleague)
    hidden = home().content.decode()
    assert 'data-testid="first-steps"' not in hidden
    assert 'data-testid="first-steps-show"' in hidden
    assert "<span>Invite people</span>" in hidden  # the page's own button is back

    client.post(address, {"show": "1"})
    shown = home().content.decode()
    assert 'data-testid="first-steps"' in shown
    assert 'data-testid="first-steps-hide"' in shown


def test_one_team_hides_its_own_steps_only(home, client, team, owner):
    other = create_team("Other", by=owner)

    client.post(f"/a/{other.slug}/first-steps/")

    assert 'data-testid="first-steps"' in home().content.decode()
