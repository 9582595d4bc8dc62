"""Finding people in a team, and who changes whose place in it, on the pages."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.teams.models import Membership
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

URL = "/a/acme/team/"
HTMX = {"HX-Request": "true", "HX-Target": "members"}


@pytest.fixture
def team():
    return TeamFactory(name="Acme", slug="acme", owner__name="Olga Owner")


@pytest.fixture
def client(client, owner):
    client.force_login(owner)
    return client


def join(team, name, email="", role=Role.MEMBER):
    user = UserFactory(name=name, **({"email": email} if email else {}))
    return MembershipFactory(team=team, user=user, role=role)


def crowd(team, count):
    """Many at once: past the guards, which would take a query each."""
    people = [CustomUser(email=f"crowd{n:04}@example.com", name=f"Crowd {n:04}") for n in range(count)]
    CustomUser.objects.bulk_create(people)
    rows = [Membership(team=team, user=user) for user in people]
    super(type(Membership.all_teams.all()), Membership.all_teams.all()).bulk_create(rows)


def page(name, *args):
    return reverse(f"team:{name}", args=["acme", *args])


def shown(response):
    """The addresses on the page, in their order."""
    return re.findall(r'data-testid="member-row" data-value="([^"]*)"', response.content.decode())


def names(response):
    return [CustomUser.objects.get(email=email).name for email in shown(response)]


def texts(response):
    return [str(message) for message in response.context["messages"]]


# Finding ------------------------------------------------------------------------------------------------


def test_people_stand_by_name_and_the_nameless_by_their_address(client, team):
    join(team, "zoe Zimmer")
    join(team, "", "mia@example.com")
    join(team, "Anna Arndt")

    assert names(client.get(URL)) == ["Anna Arndt", "", "Olga Owner", "zoe Zimmer"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kim", ["Kim Novak"]),
        ("NOVAK", ["Kim Novak"]),
        ("  novak   kim ", ["Kim Novak"]),
        ("studio.exa", ["Kim Novak"]),
        ("olga", ["Olga Owner"]),
        ("100%", ["Percy 100%"]),
        ("%", ["Percy 100%"]),
        ("_", []),
        ("' OR 1=1 --", []),
        ("\x00kim", ["Kim Novak"]),
        ("\u202e", []),
        ("x" * 5000, []),
        ("", ["Kim Novak", "Olga Owner", "Percy 100%"]),
    ],
)
def test_any_part_of_a_name_or_address_finds_them(client, team, typed, found):
    join(team, "Kim Novak", "kim@studio.example.com")
    join(team, "Percy 100%", "percy@elsewhere.example.com")

    response = client.get(URL, {"q": typed})

    assert response.status_code == 200
    assert names(response) == found


@pytest.mark.parametrize(("role", "count"), [("admin", 1), ("member", 2), ("billing", 0), ("emperor", 4)])
def test_a_role_narrows_the_list(client, team, role, count):
    join(team, "Adam", role=Role.ADMIN)
    join(team, "Mia")
    join(team, "Max")

    assert len(shown(client.get(URL, {"role": role}))) == count


def test_nobody_found_says_so_and_leads_back(client, team):
    html = client.get(URL, {"q": "nobody"}).content.decode()

    assert "Nobody found" in html
    assert re.search(rf'href="{URL}"[^>]*>\s*<span>Show everybody', html)
    assert 'value="nobody"' in html


def test_nobody_of_another_team_is_ever_found(client):
    MembershipFactory(user__name="Kim Novak")

    assert shown(client.get(URL, {"q": "kim"})) == []


def test_the_pages_together_show_everybody_once(client, team):
    crowd(team, 60)

    pages = [shown(client.get(URL, {"page": number})) for number in (1, 2, 3)]

    assert [len(page) for page in pages] == [25, 25, 11]
    assert len({email for page in pages for email in page}) == 61


@pytest.mark.parametrize(
    ("asked", "lands"),
    [("abc", 1), ("", 1), ("0", 1), ("-1", 1), ("99", 3), ("9" * 400, 3), ("٢", 2), ("1.5", 1), ("\x00", 1)],
)
def test_a_page_that_is_none_is_the_nearest(client, team, asked, lands):
    crowd(team, 60)

    response = client.get(URL, {"page": asked})

    assert response.status_code == 200
    assert response.context["people"].number == lands


def test_htmx_gets_the_list_the_count_and_a_tidy_address(client, team):
    crowd(team, 60)

    response = client.get(URL, {"q": "crowd 000", "role": "", "page": "1"}, headers=HTMX)

    html = response.content.decode()
    assert "<html" not in html
    assert len(shown(response)) == 10
    assert re.search(r'id="members-found" hx-swap-oob="innerHTML">10 people found', html)
    assert response["HX-Push-Url"] == f"{URL}?q=crowd+000"
    assert {"HX-Request", "HX-Target"} <= set(re.split(", *", response["Vary"]))


def test_without_htmx_it_is_a_form_and_links(client, team):
    crowd(team, 30)

    html = client.get(URL, {"q": "crowd", "role": "member"}).content.decode()

    assert re.search(rf'<form class="finder" method="get" action="{URL}"', html)
    assert f'href="{URL}?q=crowd&amp;role=member&amp;page=2"' in html


def test_two_thousand_people_cost_no_more_than_two(client, team, django_assert_num_queries):
    join(team, "Second")
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    crowd(team, 1998)

    with django_assert_num_queries(len(few)) as many:
        response = client.get(URL, {"page": 40})

    seats_counted = [q for q in many if "COUNT" in q["sql"] and '"users_customuser"."is_active"' in q["sql"]]
    assert len(seats_counted) == 1
    assert response.context["seats"]["used"] == 2000
    assert len(shown(response)) == 25
    assert len(response.content) <= 60_000


# Changing -----------------------------------------------------------------------------------------------


def test_after_a_change_the_same_search_is_there(client, team):
    crowd(team, 60)
    html = client.get(URL, {"q": "crowd", "page": 2}).content.decode()
    back = f"{URL}?q=crowd&page=2"
    assert f'name="next" value="{back.replace("&", "&amp;")}"' in html
    someone = team.memberships.get(user__email="crowd0030@example.com")

    changed = client.post(page("member_role", someone.pk), {"role": "admin", "next": back})
    removed = client.post(page("member_remove", someone.pk), {"next": back})

    assert (changed.url, removed.url) == (back, back)


def test_another_site_is_no_way_back(client, team):
    someone = join(team, "Mia")

    response = client.post(page("member_remove", someone.pk), {"next": "https://evil.example/"})

    assert response.url == URL


def test_removing_asks_first_and_says_what_it_means(client, team):
    someone = join(team, "Mia May")

    html = client.get(page("member_remove", someone.pk), {"next": f"{URL}?page=2"}).content.decode()

    assert "Remove Mia May from Acme?" in html
    assert f'name="next" value="{URL}?page=2"' in html
    assert team.memberships.filter(pk=someone.pk).exists()


def test_an_admin_is_not_even_asked_about_an_owner(client, team, owner):
    client.force_login(join(team, "Adam", role=Role.ADMIN).user)
    address = page("member_remove", team.memberships.get(user=owner).pk)

    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    assert team.memberships.owners().get().user == owner


def test_two_clicks_on_remove_are_one(client, team):
    someone = join(team, "Mia")
    client.post(page("member_remove", someone.pk))

    for address, data in (
        (page("member_remove", someone.pk), {}),
        (page("member_role", someone.pk), {"role": "admin"}),
    ):
        again = client.post(address, data, follow=True)
        assert again.redirect_chain == [(URL, 302)]
        assert texts(again)[-1] == "That person is no longer in the team."


def test_who_never_was_in_this_team_is_not_found(client):
    elsewhere = MembershipFactory()
    gone = MembershipFactory()
    gone_id = gone.pk
    gone.delete()

    for membership_id in (elsewhere.pk, gone_id, "00000000-0000-0000-0000-000000000000"):
        assert client.get(page("member_remove", membership_id)).status_code == 404
        assert client.post(page("member_remove", membership_id)).status_code == 404
        assert client.post(page("member_role", membership_id), {"role": "admin"}).status_code == 404
    assert Membership.all_teams.filter(pk=elsewhere.pk).exists()


def test_whoever_is_removed_loses_the_team_in_the_open_session(client, team, django_user_model):
    someone = join(team, "Mia")
    theirs = type(client)()
    theirs.force_login(someone.user)
    assert theirs.get(URL).status_code == 200

    client.post(page("member_remove", someone.pk))

    assert theirs.get(URL).status_code == 404
    assert "Acme" not in theirs.get("/teams/").content.decode()


def test_leaving_asks_first(client, team):
    client.force_login(join(team, "Mia").user)

    html = client.get(page("leave")).content.decode()

    assert "Leave Acme?" in html
    assert team.memberships.count() == 2


@pytest.mark.parametrize(
    ("others", "cure"), [(1, "Hand the team over"), (0, "Invite somebody who takes over")]
)
def test_the_only_owner_is_shown_the_ways_out(client, team, others, cure):
    for number in range(others):
        join(team, f"Mia {number}")

    html = client.get(page("leave")).content.decode()

    assert "You are the only owner" in html
    assert cure in html
    assert 'data-testid="confirm-leave"' not in html
