"""A team's page in the admin when the team is large: it opens, finds people, and can be saved."""

import pytest

from apps.teams.admin.people import MOST
from apps.teams.models import Membership
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    team = TeamFactory(name="Acme", slug="acme")
    for number in range(MOST + 5):
        MembershipFactory(team=team, user__name=f"Person {number:03}", user__email=f"p{number}@example.com")
    return team


def shown(response):
    return [row.instance for row in response.context["inline_admin_formsets"][0].formset.initial_forms]


def form_of(response, **changes):
    """What a browser sends when the page is saved as it is shown, with changes."""
    formset = response.context["inline_admin_formsets"][0].formset
    form = {"name": "Acme", "slug": "acme", "billing_contact": "", "billing_email": ""}
    form |= {"memberships-TOTAL_FORMS": len(formset.initial_forms)}
    form |= {"memberships-INITIAL_FORMS": len(formset.initial_forms)}
    for row in formset.initial_forms:
        form |= {f"{row.prefix}-id": row.instance.pk, f"{row.prefix}-user": row.instance.user_id}
        form |= {f"{row.prefix}-role": row.instance.role}
    return form | changes


def test_a_large_team_is_opened_and_renamed(admin_client, team):
    address = f"/admin/teams/team/{team.pk}/change/"
    page = admin_client.get(address)

    response = admin_client.post(address, form_of(page, name="Acme Cloud"))

    assert response.status_code == 302
    team.refresh_from_db()
    assert team.name == "Acme Cloud"
    assert len(shown(page)) == MOST
    assert shown(page)[0].role == Role.OWNER
    assert team.memberships.count() == MOST + 6
    assert f"{MOST} at most are shown" in page.content.decode()


def test_anybody_in_it_is_found_and_taken_out(admin_client, team):
    address = f"/admin/teams/team/{team.pk}/change/?people=person+{MOST + 4:03}"
    page = admin_client.get(address)
    [last] = shown(page)

    response = admin_client.post(address, form_of(page, **{"memberships-0-DELETE": "on"}))

    assert response.status_code == 302
    assert not Membership.all_teams.filter(pk=last.pk).exists()
    assert team.memberships.count() == MOST + 5


def test_rows_stay_with_their_people_when_the_form_comes_back(admin_client, team):
    address = f"/admin/teams/team/{team.pk}/change/?people=person"
    page = admin_client.get(address)

    again = admin_client.post(address, form_of(page, name=""))

    assert again.status_code == 200
    assert shown(again) == shown(page)
    pairs = list(again.context["inline_admin_formsets"][0])[:MOST]
    assert [row.original for row in pairs] == shown(page)


def test_a_row_of_another_team_is_not_taken(admin_client, team):
    address = f"/admin/teams/team/{team.pk}/change/"
    foreign = MembershipFactory()
    page = admin_client.get(address)

    changes = {"memberships-1-id": foreign.pk, "memberships-1-role": Role.ADMIN}
    admin_client.post(address, form_of(page, **changes, **{"memberships-1-DELETE": "on"}))

    foreign.refresh_from_db()
    assert (foreign.team != team, foreign.role) == (True, Role.MEMBER)
    assert team.memberships.count() == MOST + 6


def test_a_small_team_needs_no_search(admin_client):
    team = TeamFactory()

    page = admin_client.get(f"/admin/teams/team/{team.pk}/change/")

    assert 'name="people"' not in page.content.decode()
