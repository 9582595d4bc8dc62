"""Of one's own teams: none yet, a few, very many. Every road ends somewhere useful."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.teams import services
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory(email="ada@example.com", name="Ada")


@pytest.fixture
def client(client, person):
    client.force_login(person)
    return client


def join_many(person, count):
    return [MembershipFactory(user=person, team=TeamFactory(name=f"Team {n:02}")).team for n in range(count)]


def switcher(response):
    """(addresses offered, the one marked as this team's)."""
    menu = re.search(r'data-testid="team-switcher".*?menu-divider', response.content.decode(), re.DOTALL)[0]
    links = re.findall(r'href="(/a/[^"]*)"( aria-current="true")?', menu)
    return [link for link, _here in links], [link for link, here in links if here]


# None yet -----------------------------------------------------------------------------------------------


def test_login_leads_to_a_first_team(client, person):
    client.logout()

    response = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, follow=True)

    assert response.redirect_chain[-1][0] == "/teams/"
    assert "Start with a team" in response.content.decode()
    assert 'href="/teams/create/"' in response.content.decode()


def test_an_open_invitation_is_the_first_thing_to_see(client, person):
    offer = InvitationFactory(email=person.email)

    html = client.get("/teams/home/", follow=True).content.decode()

    assert f"/teams/invitations/{offer.token}/" in html
    assert "Or start one of your own" in html


def test_removed_from_the_last_team_one_is_told_and_can_begin_anew(client, person, mailoutbox):
    team = TeamFactory(name="Acme", slug="acme")
    membership = MembershipFactory(team=team, user=person)
    services.remove_member(membership, by=team.memberships.owners().get().user)

    bookmark = client.get("/a/acme/team/")
    home = client.get("/teams/home/", follow=True)

    assert bookmark.status_code == 404
    assert 'href="/teams/"' in bookmark.content.decode()
    assert "Start with a team" in home.content.decode()


def test_who_leaves_the_last_team_lands_there_with_a_word(client, person):
    team = TeamFactory(name="Acme", slug="acme")
    MembershipFactory(team=team, user=person)

    response = client.post("/a/acme/team/leave/", follow=True)

    assert "You have left Acme." in response.content.decode()
    assert "Start with a team" in response.content.decode()


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/pricing/?interval=year", "/pricing/?interval=year"),
        ("https://evil.example/", "/a/analytical-engines/"),
        ("//evil.example", "/a/analytical-engines/"),
        ("", "/a/analytical-engines/"),
    ],
)
def test_after_the_first_team_one_goes_on_where_one_was(client, wanted, lands):
    html = client.get("/teams/create/", {"next": wanted}).content.decode()
    assert ('name="next"' in html) is (wanted == lands)

    response = client.post("/teams/create/", {"name": "Analytical Engines", "next": wanted})

    assert response.url == lands


def test_a_name_that_is_refused_keeps_the_way_on(client):
    response = client.post("/teams/create/", {"name": " ", "next": "/pricing/"})

    assert response.status_code == 422
    assert 'name="next" value="/pricing/"' in response.content.decode()


# A few and many -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "offered"), [(1, 1), (5, 5), (8, 8), (9, 8), (60, 8)])
def test_the_switcher_offers_a_handful_and_always_this_team(client, person, count, offered):
    teams = join_many(person, count)
    here = f"/a/{teams[-1].slug}/"

    links, current = switcher(client.get(f"{here}team/"))

    assert len(links) == offered
    assert current == [here]
    assert 'href="/teams/"' in client.get(f"{here}team/").content.decode()


# On pages of no team -------------------------------------------------------------------------------------


def team_shown(client, path="/users/profile/"):
    """The name on the switcher's button."""
    html = client.get(path).content.decode()
    return re.search(
        r'data-testid="team-switcher".*?<span class="who-name"[^>]*>(.*?)</span>', html, re.DOTALL
    )[1]


@pytest.mark.parametrize("path", ["/users/profile/", "/accounts/email/", "/teams/"])
def test_account_pages_show_the_team_one_came_from(client, person, path):
    first, second, *_others = join_many(person, 3)

    client.get(f"/a/{first.slug}/")
    client.get(f"/a/{second.slug}/team/")

    assert team_shown(client, path) == second.name
    assert switcher(client.get(path))[1] == [f"/a/{second.slug}/"]


def test_a_team_far_down_the_list_is_shown_as_well(client, person):
    *_others, last = join_many(person, 12)

    client.get(f"/a/{last.slug}/")

    assert team_shown(client) == last.name


def test_the_only_team_needs_no_memory(client, person):
    (only,) = join_many(person, 1)

    assert team_shown(client) == only.name


@pytest.mark.parametrize("kept", [None, "", "nonsense", "\x00", "a" * 32, "9" * 5000, "{theirs}"])
def test_what_is_no_team_of_theirs_shows_none(client, person, kept):
    join_many(person, 8)
    if kept is not None:
        client.cookies["team"] = kept.format(theirs=TeamFactory(name="Somebody else's").pk.hex)

    assert team_shown(client) == settings.PROJECT_NAME


def test_a_team_one_has_left_is_forgotten(client, person):
    first, *_others = join_many(person, 3)
    client.get(f"/a/{first.slug}/")

    client.post(f"/a/{first.slug}/team/leave/")

    assert team_shown(client) == settings.PROJECT_NAME


def test_sixty_teams_cost_no_more_than_two_and_the_only_one_a_query_less(
    client, person, django_assert_num_queries
):
    (first,) = join_many(person, 1)
    address = f"/a/{first.slug}/team/leave/"
    client.get(address)
    with CaptureQueriesContext(connection) as only:
        client.get(address)

    for more in (1, 58):
        join_many(person, more)
        with django_assert_num_queries(len(only) + 1):
            client.get(address)


def test_the_list_is_paged_and_searched(client, person):
    join_many(person, 60)
    MembershipFactory(user=person, team=TeamFactory(name="Analytical Engines"), role=Role.ADMIN)

    first, last = client.get("/teams/"), client.get("/teams/", {"page": 9})
    found = client.get("/teams/", {"q": "ENGINES"})

    assert len(first.context["memberships"]) == 25
    assert (last.context["memberships"].number, len(last.context["memberships"])) == (3, 11)
    assert [row.team.name for row in found.context["memberships"]] == ["Analytical Engines"]


def test_no_team_found_leads_back(client, person):
    join_many(person, 2)

    html = client.get("/teams/", {"q": "nothing"}).content.decode()

    assert "No team found" in html
    assert "Show all teams" in html
    assert "Start with a team" not in html
