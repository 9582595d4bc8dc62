"""What people see and may do on the pages of teams."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.teams.models import Invitation, Membership, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def page(name, *args):
    return reverse(f"team:{name}", args=["acme", *args])


def texts(response):
    """The messages shown on the page that `response` leads to or is."""
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def post_addresses(team):
    """Every address of a team that changes something, with a form that would be valid."""
    other = MembershipFactory(team=team)
    offer = InvitationFactory(team=team)
    return {
        page("invite"): {"emails": "x@example.com", "role": "member"},
        page("settings"): {"name": "Mine"},
        page("leave"): {},
        page("transfer"): {"to": str(other.pk)},
        page("delete"): {"confirm": "Acme"},
        page("member_role", other.pk): {"role": "admin"},
        page("member_remove", other.pk): {},
        page("invitation_revoke", offer.pk): {},
        page("invitation_resend", offer.pk): {},
    }


def everything():
    return [list(model._default_manager.order_by("pk").values()) for model in (Team, Membership, Invitation)]


def test_a_stranger_cannot_tell_that_a_team_exists(team, post_addresses, sign_in):
    client = sign_in(TeamFactory().memberships.get().user)
    before = everything()

    answers = {address: client.post(address, data).status_code for address, data in post_addresses.items()}

    assert set(answers.values()) == {404}
    assert client.get(page("members")).status_code == 404
    assert client.get(reverse("team:members", args=["no-such-team"])).status_code == 404
    assert everything() == before


def test_a_visitor_is_asked_to_sign_in(team, post_addresses, client):
    before = everything()

    answers = {address: client.post(address, data) for address, data in post_addresses.items()}

    assert {answer.url for answer in answers.values()} == {"/accounts/login/?next=/a/acme/"}
    assert client.get(page("members")).url == "/accounts/login/?next=/a/acme/team/"
    assert everything() == before


@pytest.mark.parametrize("role", [Role.MEMBER, Role.BILLING])
def test_who_does_not_manage_gets_403_for_all_but_leaving(team, post_addresses, sign_in, role):
    client = sign_in(MembershipFactory(team=team, role=role).user)
    before = everything()
    del post_addresses[page("leave")]

    answers = {address: client.post(address, data).status_code for address, data in post_addresses.items()}

    assert set(answers.values()) == {403}
    assert everything() == before


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(team, owner, post_addresses, sign_in, method):
    client = sign_in(owner)
    MembershipFactory(team=team, role=Role.OWNER)
    before = everything()

    for address in post_addresses:
        assert getattr(client, method)(address).status_code in (200, 302, 405)

    assert everything() == before


def test_a_member_of_another_team_cannot_be_reached_through_mine(team, owner, sign_in):
    client = sign_in(owner)
    elsewhere = MembershipFactory()
    offer = InvitationFactory(team=elsewhere.team)

    answers = [
        client.post(page("member_remove", elsewhere.pk)),
        client.post(page("member_role", elsewhere.pk), {"role": "admin"}),
        client.post(page("invitation_revoke", offer.pk)),
        client.post(page("invitation_resend", offer.pk)),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert elsewhere.team.memberships.count() == 2


def test_members_see_each_other(team, owner, sign_in):
    member = MembershipFactory(team=team, user__name="Kim Novak")

    html = sign_in(member.user).get(page("members")).content.decode()

    assert html.count('data-testid="member-row"') == 2
    assert "Kim Novak" in html
    assert owner.email in html
    assert 'data-testid="invite-email"' not in html


def test_an_owner_sees_the_forms_and_the_seats(team, owner, sign_in):
    InvitationFactory(team=team, email="kim@example.com")

    response = sign_in(owner).get(page("members"))

    html = response.content.decode()
    assert 'data-testid="invite-email"' in html
    assert 'data-testid="invite-submit"' in html
    assert "kim@example.com" in html
    assert response.context["seats"] == {"used": 1, "pending": 1, "limit": None}


def test_a_long_list_asks_the_database_no_more(team, owner, sign_in, queries_of):
    client = sign_in(owner)
    MembershipFactory(team=team)
    InvitationFactory(team=team)
    of_few = queries_of(lambda: client.get(page("members")))
    MembershipFactory.create_batch(15, team=team)
    InvitationFactory.create_batch(15, team=team)

    assert queries_of(lambda: client.get(page("members"))) == of_few


def test_an_admin_may_grant_all_roles_but_owner(team, sign_in):
    admin = MembershipFactory(team=team, role=Role.ADMIN)

    response = sign_in(admin.user).get(page("members"))

    assert [value for value, label in response.context["roles"]] == ["member", "billing", "admin"]


def test_people_are_invited_from_the_members_page(team, owner, sign_in):
    response = sign_in(owner).post(
        page("invite"),
        {"emails": "a@example.com  b@example.com,\r\nAnn Lee <c@example.com>;", "role": "admin"},
        follow=True,
    )

    assert response.redirect_chain == [(page("members"), 302)]
    assert texts(response) == ["3 invitations are on their way."]
    assert set(team.invitations.values_list("email", "role")) == {
        ("a@example.com", "admin"),
        ("b@example.com", "admin"),
        ("c@example.com", "admin"),
    }


@pytest.mark.parametrize(("days", "said"), [(1, "works for 1 day."), (14, "works for 14 days.")])
def test_the_box_says_how_long_an_invitation_is_open(team, owner, sign_in, settings, days, said):
    settings.INVITATION_DAYS = days

    html = sign_in(owner).get(page("members")).content.decode()

    assert said in html


def test_what_could_not_be_invited_stays_in_the_form_with_the_reason(team, owner, sign_in):
    response = sign_in(owner).post(
        page("invite"), {"emails": f"good@example.com {owner.email.upper()} nonsense", "role": "member"}
    )

    html = response.content.decode()
    assert response.status_code == 422
    assert "good@example.com is on its way" in html
    assert f"{owner.email} is already in the team." in html
    assert "nonsense is not an email address." in html
    assert response.context["invite_form"]["emails"].value() == f"{owner.email}\nnonsense"
    assert team.invitations.get().email == "good@example.com"


@pytest.mark.parametrize(
    "form",
    [
        {"emails": "", "role": "member"},
        {"emails": " ,;\n ", "role": "member"},
        {"emails": "a@example.com", "role": "emperor"},
        {"emails": "a@example.com"},
        {"emails": " ".join(f"a{n}@example.com" for n in range(201)), "role": "member"},
        {"emails": "a\x00@example.com", "role": "member"},
    ],
    ids=["nothing", "only separators", "unknown role", "no role", "too many", "null byte"],
)
def test_a_wrong_form_invites_nobody(team, owner, sign_in, form):
    response = sign_in(owner).post(page("invite"), form)

    assert response.status_code == 422
    assert not Invitation.all_teams.exists()


def test_an_admin_cannot_slip_in_an_owner(team, sign_in):
    client = sign_in(MembershipFactory(team=team, role=Role.ADMIN).user)
    other = MembershipFactory(team=team)

    invited = client.post(page("invite"), {"emails": "a@example.com", "role": "owner"})
    promoted = client.post(page("member_role", other.pk), {"role": "owner"})

    assert (invited.status_code, promoted.status_code) == (422, 403)
    assert team.memberships.owners().count() == 1


def test_a_full_team_says_how_many_it_takes(team, owner, sign_in, plan_with_seats):
    plan_with_seats(1)

    response = sign_in(owner).post(page("invite"), {"emails": "a@example.com", "role": "member"})

    assert response.status_code == 422
    assert "room for 1 person" in response.content.decode()


def test_a_role_is_changed_on_the_page(team, owner, sign_in):
    member = MembershipFactory(team=team, user__name="Kim Novak")

    response = sign_in(owner).post(page("member_role", member.pk), {"role": "billing"}, follow=True)

    assert texts(response) == ["Kim Novak is now: Billing."]


def test_a_role_that_does_not_exist_is_refused(team, owner, sign_in):
    member = MembershipFactory(team=team)

    response = sign_in(owner).post(page("member_role", member.pk), {"role": "emperor"}, follow=True)

    assert texts(response) == ["Choose one of the roles."]
    member.refresh_from_db()
    assert member.role == Role.MEMBER


def test_the_only_owner_is_told_why_they_cannot_go(team, owner, sign_in):
    MembershipFactory(team=team)
    client = sign_in(owner)
    mine = team.memberships.get(user=owner)

    for address, data in (
        (page("leave"), {}),
        (page("member_remove", mine.pk), {}),
        (page("member_role", mine.pk), {"role": "member"}),
    ):
        response = client.post(address, data, follow=True)
        assert texts(response) == ["Acme needs at least one owner. Make somebody else an owner first."]

    assert team.memberships.owners().get().user == owner


def test_who_leaves_lands_on_their_other_teams(team, sign_in):
    member = MembershipFactory(team=team)

    response = sign_in(member.user).post(page("leave"), follow=True)

    assert response.redirect_chain == [("/teams/", 302)]
    assert texts(response) == ["You have left Acme."]
    assert member.user.teams.count() == 0


def test_an_invitation_is_withdrawn_and_sent_again_on_the_page(team, owner, sign_in, mailoutbox):
    offer = InvitationFactory(team=team, expires_at=timezone.now() + timedelta(days=6))
    client = sign_in(owner)

    client.post(page("invitation_resend", offer.pk))
    response = client.post(page("invitation_revoke", offer.pk), follow=True)

    assert texts(response) == [
        f"The invitation to {offer.email} is sent again.",
        f"The invitation to {offer.email} is withdrawn.",
    ]
    again = client.post(page("invitation_revoke", offer.pk), follow=True)
    assert texts(again) == ["This invitation was withdrawn."]


def test_a_team_is_renamed_and_keeps_its_address(team, owner, sign_in):
    response = sign_in(owner).post(page("settings"), {"name": "Acme Cloud"}, follow=True)

    assert response.redirect_chain == [("/a/acme/team/settings/", 302)]
    assert Team.objects.get(slug="acme").name == "Acme Cloud"


@pytest.mark.parametrize("name", ["", "x" * 101, "abc\u202e"], ids=["empty", "long", "bidi"])
def test_a_bad_name_comes_back_with_the_reason(team, owner, sign_in, name):
    response = sign_in(owner).post(page("settings"), {"name": name})

    assert response.status_code == 422
    assert response.context["rename_form"].errors["name"]
    assert Team.objects.get(slug="acme").name == "Acme"


def test_a_new_team_is_made_and_opened(client):
    client.force_login(UserFactory())

    response = client.post("/teams/create/", {"name": "Café Nord"})

    assert response.url == "/a/cafe-nord/"
    assert [row.role for row in client.get("/teams/").context["memberships"]] == [Role.OWNER]


def test_a_team_without_a_name_is_not_made(client):
    client.force_login(UserFactory())

    response = client.post("/teams/create/", {"name": " "})

    assert response.status_code == 422
    assert not Team.objects.exists()


@pytest.mark.parametrize("address", ["/teams/", "/teams/create/", "/teams/home/"])
def test_ones_own_teams_need_a_login(client, address):
    assert client.get(address).url == f"/accounts/login/?next={address}"


def test_login_leads_into_the_only_team(client, team, owner):
    client.force_login(owner)
    assert client.get("/teams/home/").url == "/a/acme/"

    InvitationFactory(email=owner.email)
    assert client.get("/teams/home/").url == "/teams/"


def test_htmx_gets_the_list_alone_and_the_message_beside_it(team, owner, sign_in):
    member = MembershipFactory(team=team, user__name="Kim Novak")
    client = sign_in(owner)
    htmx = {"HX-Request": "true", "HX-Target": "members"}

    response = client.post(page("member_role", member.pk), {"role": "admin"}, headers=htmx, follow=True)

    html = response.content.decode()
    assert "<html" not in html
    assert html.count('data-testid="member-row"') == 2
    assert "Kim Novak is now: Admin." in response["HX-Trigger"]


def test_when_the_session_ended_htmx_leads_the_whole_page_to_login(team, client):
    visible = {"HX-Request": "true", "HX-Current-URL": "http://testserver/a/acme/team/?q=1"}

    for method in (client.get, client.post):
        response = method(page("members"), headers=visible)

        assert response.status_code == 200
        assert response["HX-Redirect"] == "/accounts/login/?next=%2Fa%2Facme%2Fteam%2F%3Fq%3D1"


def test_a_team_that_goes_while_its_page_is_made_is_as_if_it_had_never_been(team, owner, sign_in, settings):
    settings.TEAM_SEAT_LIMIT = "apps.teams.tests.plans.somebody_deletes_the_team"

    response = sign_in(owner).get(page("members"))

    assert response.status_code == 404
