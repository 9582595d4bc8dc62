"""All that happened in a team, page by page."""

from __future__ import annotations

import pytest

from apps.core.audit import record
from apps.teams.services import create_team, rename_team
from apps.teams.tests.factories import MembershipFactory
from apps.users.tests.factories import UserFactory
from apps.web.activity import A_PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return UserFactory(name="Ada Lovelace")


@pytest.fixture
def team(owner):
    return create_team("Acme", by=owner)


def page_of(client, team, user, query: str = "") -> str:
    client.force_login(user)
    return client.get(f"/a/{team.slug}/activity/{query}").content.decode()


def test_the_home_page_leads_to_all_of_it(client, team, owner):
    client.force_login(owner)

    home = client.get(f"/a/{team.slug}/").content.decode()

    assert f'href="/a/{team.slug}/activity/"' in home
    assert "created the team" in page_of(client, team, owner)


def test_a_plain_member_reads_it_and_another_team_s_stays_out(client, team, owner):
    member = MembershipFactory(team=team).user
    rename_team(create_team("Other", by=owner), "Elsewhere", by=owner)

    page = page_of(client, team, member)

    assert "created the team" in page
    assert "Elsewhere" not in page


def test_older_entries_stand_on_the_next_page(client, team, owner):
    for number in range(A_PAGE):
        record("team.renamed", actor=owner, target=team, after={"name": f"Name {number}."}, holder=team)

    first, second = page_of(client, team, owner), page_of(client, team, owner, "?page=2")

    assert f"Name {A_PAGE - 1}." in first
    assert "created the team" not in first
    assert "created the team" in second
    assert "Name 0." not in second
    assert "created the team" in page_of(client, team, owner, "?page=99")


def test_a_hundred_entries_cost_no_query_more(client, team, owner, django_assert_num_queries):
    for _number in range(100):
        record("team.renamed", actor=owner, target=team, after={"name": "Again"}, holder=team)
    client.force_login(owner)

    # Session, person, membership with seats and plan, how many entries, a page of them, the switcher.
    with django_assert_num_queries(6):
        client.get(f"/a/{team.slug}/activity/")


def test_a_name_with_markup_is_shown_as_written(client, team):
    member = MembershipFactory(team=team, user__name="<i>Bo</i>").user
    record("team.invited", actor=member, target=team, holder=team)

    page = page_of(client, team, member)

    assert "&lt;i&gt;Bo&lt;/i&gt;" in page
    assert "<i>Bo" not in page
