"""Staff change people and teams in the admin; the rules hold there, too, and say so."""

import pytest

from apps.teams import services
from apps.teams.models import Membership, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def team_form(team, *, role=None, add=None, **changes):
    """The admin's form of a team as it is shown, with changes to its first membership or one added."""
    rows = list(team.memberships.order_by("created_at", "pk"))
    form = {
        "name": team.name,
        "slug": team.slug,
        "billing_contact": team.billing_contact_id,
        "billing_email": "",
        "memberships-TOTAL_FORMS": len(rows) + bool(add),
        "memberships-INITIAL_FORMS": len(rows),
        **changes,
    }
    for number, row in enumerate(rows):
        form[f"memberships-{number}-id"] = row.pk
        form[f"memberships-{number}-user"] = row.user_id
        form[f"memberships-{number}-role"] = role if number == 0 and role else row.role
    if add:
        form[f"memberships-{len(rows)}-user"] = add.pk
        form[f"memberships-{len(rows)}-role"] = Role.MEMBER
    return form


def test_staff_add_a_member_and_the_seat_is_counted(admin_client, team, seat_news):
    address = f"/admin/teams/team/{team.pk}/change/"

    response = admin_client.post(address, team_form(team, add=UserFactory()))

    assert response.status_code == 302
    assert seat_news == [("joined", 1, 2)]


def test_the_last_owner_cannot_be_demoted_by_staff(admin_client, team):
    address = f"/admin/teams/team/{team.pk}/change/"

    response = admin_client.post(address, team_form(team, role=Role.MEMBER, name="Changed"), follow=True)

    assert "needs at least one owner" in response.content.decode()
    assert Team.objects.get(pk=team.pk).name == "Acme"
    assert Membership.all_teams.get().role == Role.OWNER


@pytest.mark.parametrize("order", [1, -1], ids=["owner above", "owner below"])
@pytest.mark.parametrize("how", ["delete", "demote"])
def test_staff_replace_the_owner_in_one_form(admin_client, team, order, how):
    owner = team.memberships.get()
    heir = MembershipFactory(team=team)
    rows = [owner, heir][::order]
    form = {"name": team.name, "slug": team.slug, "billing_contact": owner.user_id, "billing_email": ""}
    form |= {"memberships-TOTAL_FORMS": 2, "memberships-INITIAL_FORMS": 2}
    for number, row in enumerate(rows):
        role = Role.OWNER if row == heir else Role.MEMBER if how == "demote" else row.role
        gone = {f"memberships-{number}-DELETE": "on"} if row == owner and how == "delete" else {}
        form |= {f"memberships-{number}-id": row.pk, f"memberships-{number}-user": row.user_id}
        form |= {f"memberships-{number}-role": role, **gone}

    response = admin_client.post(f"/admin/teams/team/{team.pk}/change/", form)

    assert response.status_code == 302
    assert team.memberships.owners().get() == heir


def test_staff_cannot_overfill_a_team(admin_client, team, plan_with_seats):
    plan_with_seats(1)
    address = f"/admin/teams/team/{team.pk}/change/"

    response = admin_client.post(address, team_form(team, add=UserFactory()), follow=True)

    assert "room for 1 person" in response.content.decode()
    assert team.get_quantity() == 1


def test_nobody_is_deleted_from_the_list_of_people(admin_client, team):
    """An account ends by one road, which ends what is paid first and takes the person out of the logs."""
    stranger = UserFactory()
    form = {"action": "delete_selected", "_selected_action": [str(stranger.pk)], "post": "yes"}

    page = admin_client.get("/admin/users/customuser/").content.decode()
    response = admin_client.post("/admin/users/customuser/", form, follow=True)

    assert 'value="take_avatars_down"' in page
    assert 'value="delete_selected"' not in page
    assert "No action selected." in response.content.decode()
    assert CustomUser.objects.filter(pk=stranger.pk).exists()


def test_the_last_owner_cannot_be_switched_off(admin_client, team):
    MembershipFactory(team=team)
    owner = team.memberships.owners().get().user
    form = {"email": owner.email, "name": owner.name, "time_zone": "UTC", "billing_email": ""}

    response = admin_client.post(f"/admin/users/customuser/{owner.pk}/change/", form, follow=True)

    assert "needs at least one owner" in response.content.decode()
    assert CustomUser.objects.get(pk=owner.pk).is_active


@pytest.mark.parametrize("model", ["teams/team", "teams/invitation", "users/customuser"])
def test_every_list_and_page_opens(admin_client, team, model):
    InvitationFactory(team=team)

    listed = admin_client.get(f"/admin/{model}/?q=acme")
    assert listed.status_code == 200
    for row in admin_client.get(f"/admin/{model}/").context["cl"].result_list:
        assert admin_client.get(f"/admin/{model}/{row.pk}/change/").status_code == 200


def test_staff_make_a_user_who_still_has_to_prove_the_address(admin_client):
    password = "a long enough password"
    form = {"email": "New@Example.com", "name": "", "usable_password": "true"}

    response = admin_client.post(
        "/admin/users/customuser/add/", {**form, "password1": password, "password2": password}
    )

    user = CustomUser.objects.get(email="new@example.com")
    assert response.url == f"/admin/users/customuser/{user.pk}/change/"
    assert not user.emailaddress_set.filter(verified=True).exists()


@pytest.mark.parametrize(
    "changes",
    [{"name": "abc\u202e"}, {"name": "\u3164"}, {"slug": "Acme Cloud"}, {"slug": "admin"}, {"slug": "taken"}],
    ids=["bidi", "blank", "no address", "the product's own", "taken"],
)
def test_what_members_may_not_call_a_team_staff_may_not_either(admin_client, team, changes):
    TeamFactory(slug="taken")

    response = admin_client.post(f"/admin/teams/team/{team.pk}/change/", team_form(team, **changes))

    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    team.refresh_from_db()
    assert (team.name, team.slug) == ("Acme", "acme")


def test_an_address_another_team_had_is_refused_with_a_sentence(admin_client, team):
    other = TeamFactory(slug="left")
    services.change_slug(other, "moved", by=other.memberships.get().user)
    address = f"/admin/teams/team/{team.pk}/change/"

    response = admin_client.post(address, team_form(team, slug="left"), follow=True)

    assert "The address “left” is taken." in response.content.decode()
    team.refresh_from_db()
    assert team.slug == "acme"
