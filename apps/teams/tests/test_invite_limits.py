"""A team asks so many people a day, by whichever form; whoever is over it reads for how long to wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.core.tests.pictures import upload
from apps.teams.models import Invitation, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory

pytestmark = pytest.mark.django_db

INVITE, BULK, LOGO = "/a/acme/team/invite/", "/a/acme/team/invite/bulk/", "/a/acme/team/settings/logo/"


@pytest.fixture(autouse=True)
def _within_one_minute() -> Iterator[None]:
    """A slow machine must not come into the next one, where counting begins anew."""
    with time_machine.travel(time.time() // 60 * 60 + 1, tick=False):
        yield


@pytest.fixture
def team(settings: Any) -> Team:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "invite": "3/d/team,2/d/user", "upload": "1/m/user"}
    return TeamFactory(slug="acme", owner__name="Olive")


@pytest.fixture
def olive(team: Team) -> Client:
    return signed_in(team.memberships.owners().get().user)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, *emails: str, **headers: Any) -> Any:
    return client.post(INVITE, {"emails": "\n".join(emails), "role": "member"}, **headers)


def test_each_address_costs_one_by_whichever_form(team: Team, olive: Client) -> None:
    first = ask(olive, "a@example.com")
    checked = olive.post(BULK, {"people": "b@example.com\nc@example.com", "role": "member"})
    too_many = olive.post(
        BULK, {"people": "b@example.com\nc@example.com", "role": "member", "action": "send"}
    )
    last = ask(olive, "b@example.com")

    assert [first.status_code, checked.status_code, too_many.status_code, last.status_code] == [
        302,
        200,
        429,
        302,
    ]
    assert "Too many tries" in too_many.content.decode()
    assert int(too_many["Retry-After"]) > 0
    assert set(Invitation.all_teams.values_list("email", flat=True)) == {"a@example.com", "b@example.com"}


def test_another_of_the_team_shares_the_teams_part(team: Team, olive: Client) -> None:
    ann = signed_in(MembershipFactory(team=team, role=Role.ADMIN).user)

    asked = [ask(olive, "a@x.example", "b@x.example"), ask(ann, "c@x.example"), ask(ann, "d@x.example")]

    assert [answer.status_code for answer in asked] == [302, 302, 429]


def test_sending_again_counts_too(team: Team, olive: Client) -> None:
    offer = InvitationFactory(team=team)
    again = f"/a/acme/team/invitations/{offer.pk}/resend/"

    assert [olive.post(again).status_code for _time in range(3)] == [302, 302, 429]


def test_htmx_and_programs_are_told_in_their_way(team: Team, olive: Client) -> None:
    ask(olive, "a@x.example", "b@x.example")

    by_htmx = ask(olive, "c@x.example", headers={"HX-Request": "true", "HX-Target": "members"})
    by_program = ask(olive, "c@x.example", headers={"Accept": "application/json"})

    assert (by_htmx.status_code, by_program.status_code) == (429, 429)
    assert by_program.json()["error"] == "too_often"


def test_pictures_are_not_decoded_again_and_again(team: Team, olive: Client) -> None:
    answers = [olive.post(LOGO, {"logo": upload(b"no picture")}) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [422, 429]
