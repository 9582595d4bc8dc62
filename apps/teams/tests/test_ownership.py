"""Handing a team over, and deleting it where nothing is billed."""

import unicodedata

import pytest
from django.db import transaction
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.core.tests.races import at_once
from apps.teams import services
from apps.teams.errors import CannotTakeOver, LastOwner, NoLongerThere, NotAllowed
from apps.teams.models import Invitation, Membership, Team, TeamSlug
from apps.teams.roles import Role
from apps.teams.signals import team_closing
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory(name="Acme", slug="acme", owner__name="Olga Owner")


@pytest.fixture
def heir(team):
    return MembershipFactory(team=team, user__name="Hanna Heir")


@pytest.fixture
def client(client, owner):
    client.force_login(owner)
    return client


def page(name, *args):
    return reverse(f"team:{name}", args=["acme", *args])


def roles(team):
    return dict(team.memberships.values_list("user__name", "role"))


def texts(response):
    return [str(message) for message in response.context["messages"]]


# Handing over -------------------------------------------------------------------------------------------


def test_owner_and_heir_change_places_and_the_log_says_so(team, owner, heir):
    services.transfer_ownership(team, heir, by=owner)

    assert roles(team) == {"Olga Owner": "admin", "Hanna Heir": "owner"}
    entry = AuditEntry.objects.get(action="team.transferred")
    assert (entry.actor, entry.holder_id) == (owner, team.pk)
    assert (entry.before, entry.after) == (
        {"owner": owner.email, "role": "member"},
        {"owner": heir.user.email, "role": "owner"},
    )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.BILLING, Role.OWNER])
def test_whoever_takes_over_may_have_had_any_role(team, owner, role):
    heir = MembershipFactory(team=team, role=role, user__name="Hanna Heir")

    services.transfer_ownership(team, heir, by=owner)

    assert roles(team) == {"Olga Owner": "admin", "Hanna Heir": "owner"}


def test_other_owners_stay_owners(team, owner, heir):
    MembershipFactory(team=team, role=Role.OWNER, user__name="Otto Other")

    services.transfer_ownership(team, heir, by=owner)

    assert roles(team) == {"Olga Owner": "admin", "Hanna Heir": "owner", "Otto Other": "owner"}


def test_invoices_go_to_the_heir_if_they_went_to_the_former_owner(team, owner, heir):
    services.transfer_ownership(team, heir, by=owner)

    team.refresh_from_db()
    assert team.billing_contact == heir.user


def test_invoices_that_go_to_somebody_else_go_on_doing_so(team, owner, heir):
    accountant = MembershipFactory(team=team, role=Role.BILLING).user
    Team.objects.filter(pk=team.pk).update(billing_contact=accountant)

    services.transfer_ownership(team, heir, by=owner)

    team.refresh_from_db()
    assert team.billing_contact == accountant


@pytest.mark.parametrize("role", [Role.ADMIN, Role.BILLING, Role.MEMBER])
def test_only_an_owner_hands_over(team, owner, heir, role):
    other = MembershipFactory(team=team, role=role)

    with pytest.raises(NotAllowed):
        services.transfer_ownership(team, heir, by=other.user)

    assert team.memberships.owners().get().user == owner


def test_nobody_takes_over_who_cannot(team, owner, heir):
    mine = team.memberships.get(user=owner)
    asleep = MembershipFactory(team=team, user__is_active=False)
    stranger = MembershipFactory()

    for someone, refusal in ((mine, CannotTakeOver), (asleep, CannotTakeOver), (stranger, NoLongerThere)):
        with pytest.raises(refusal):
            services.transfer_ownership(team, someone, by=owner)

    assert team.memberships.owners().get().user == owner


def test_the_page_lists_who_could_and_what_it_means(client, team, owner, heir):
    asleep = MembershipFactory(team=team, user__is_active=False, user__name="Asa Asleep")

    html = client.get(page("transfer")).content.decode()

    assert f'name="to" value="{heir.pk}"' in html
    assert str(asleep.pk) not in html
    assert str(team.memberships.get(user=owner).pk) not in html
    assert "You become an admin" in html
    assert "Invoices go to the new owner." in html


def test_in_a_large_team_the_heir_is_searched(client, team, heir):
    MembershipFactory.create_batch(30, team=team, user__name="Somebody Else")

    first, found = client.get(page("transfer")), client.get(page("transfer"), {"q": "hanna"})

    assert first.content.decode().count('name="to"') == 25
    assert found.content.decode().count('name="to"') == 1
    assert str(heir.pk) in found.content.decode()


def test_it_is_done_on_the_page(client, team, heir):
    response = client.post(page("transfer"), {"to": heir.pk}, follow=True)

    assert texts(response) == ["Hanna Heir owns Acme now. You are an admin."]
    assert roles(team)["Hanna Heir"] == "owner"


def test_a_second_click_is_refused_because_the_right_is_gone(client, team, heir):
    client.post(page("transfer"), {"to": heir.pk})

    assert client.post(page("transfer"), {"to": heir.pk}).status_code == 403


@pytest.mark.parametrize("to", ["", "nonsense", "\x00", "[]"])
def test_without_a_choice_the_page_asks_for_one(client, team, owner, heir, to):
    response = client.post(page("transfer"), {"to": to})

    assert response.status_code == 422
    assert "Choose who takes over." in response.content.decode()
    assert team.memberships.owners().get().user == owner


def test_somebody_of_another_team_is_not_found(client, team, owner):
    response = client.post(page("transfer"), {"to": MembershipFactory().pk})

    assert response.status_code == 404
    assert team.memberships.owners().get().user == owner


def test_nobody_else_there_says_what_to_do(client, team):
    assert "Nobody else is in the team" in client.get(page("transfer")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_handing_over_while_the_heir_leaves_keeps_an_owner():
    team = TeamFactory()
    owner, heir = team.memberships.get().user, MembershipFactory(team=team)

    def attempt(call):
        try:
            call()
        except (LastOwner, NoLongerThere):
            return "refused"

    outcomes = at_once(
        lambda: attempt(lambda: services.transfer_ownership(team, heir, by=owner)),
        lambda: attempt(lambda: services.leave_team(team, by=heir.user)),
    )

    assert outcomes.count("refused") == 1
    assert team.memberships.owners().count() == 1


# Deleting -----------------------------------------------------------------------------------------------


def test_everything_of_the_team_goes_but_the_log(client, team, owner, heir):
    InvitationFactory(team=team)

    response = client.post(page("delete"), {"confirm": "Acme"}, follow=True)

    assert response.redirect_chain == [("/teams/", 302)]
    assert texts(response) == ["Acme is deleted."]
    for model in (Team.objects, Membership.all_teams, Invitation.all_teams, TeamSlug.all_teams):
        assert not model.exists()
    entry = AuditEntry.objects.get(action="team.deleted")
    assert (entry.actor, entry.before) == (owner, {"name": "Acme", "slug": "acme", "members": 2})


def test_the_people_stay(client, team, owner, heir):
    client.post(page("delete"), {"confirm": "Acme"})

    owner.refresh_from_db()
    heir.user.refresh_from_db()
    assert owner.is_active


@pytest.mark.parametrize("name", ["Acme", "  Acme ", "Café Nord", "Two  words", "مرحبا", "👩‍🚀 Space"])
def test_the_name_is_typed_as_it_is_read(client, team, name):
    Team.objects.filter(pk=team.pk).update(name=" ".join(name.split()))

    client.post(page("delete"), {"confirm": unicodedata.normalize("NFD", name)})

    assert not Team.objects.exists()


@pytest.mark.parametrize("typed", ["", "acme", "Acme Inc", "\x00", "Acme\u200b", "x" * 5000])
def test_anything_else_deletes_nothing(client, team, typed):
    response = client.post(page("delete"), {"confirm": typed})

    assert response.status_code == 422
    assert response.context["form"].errors["confirm"]
    assert Team.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.BILLING, Role.MEMBER])
def test_who_is_no_owner_cannot_delete(client, team, role):
    client.force_login(MembershipFactory(team=team, role=role).user)

    assert client.get(page("delete")).status_code == 403
    assert client.post(page("delete"), {"confirm": "Acme"}).status_code == 403
    assert 'data-testid="delete-team"' not in client.get(page("members")).content.decode()


def test_a_second_click_finds_nothing(client, team):
    client.post(page("delete"), {"confirm": "Acme"})

    assert client.post(page("delete"), {"confirm": "Acme"}).status_code == 404
    assert client.get(page("members")).status_code == 404


def test_the_address_is_free_again(client, team, owner):
    client.post(page("delete"), {"confirm": "Acme"})

    assert services.create_team("Acme", by=owner).slug == "acme"


def test_an_owner_who_lost_the_role_meanwhile_deletes_nothing(team, owner, heir):
    services.transfer_ownership(team, heir, by=owner)

    with pytest.raises(NotAllowed):
        services.delete_team(team, by=owner)

    assert Team.objects.exists()


def test_an_owner_who_loses_the_role_while_what_was_bought_ends_deletes_nothing(team, owner, heir):
    def hand_over(**kwargs):
        services.transfer_ownership(team, heir, by=owner)

    team_closing.connect(hand_over)
    try:
        with pytest.raises(NotAllowed):
            services.delete_team(team, by=owner)
    finally:
        team_closing.disconnect(hand_over)

    assert Team.objects.get().memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_delete_at_once_both_hear_the_truth():
    team = TeamFactory()
    owners = [team.memberships.get().user, MembershipFactory(team=team, role=Role.OWNER).user]

    def attempt(owner):
        try:
            services.delete_team(team, by=owner)
        except NoLongerThere as refusal:
            return refusal.text

    outcomes = at_once(*(lambda owner=owner: attempt(owner) for owner in owners))

    assert sorted(outcomes, key=bool) == [None, "That is no longer there: somebody else was faster."]
    assert not Team.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_somebody_who_joins_while_the_team_goes_leaves_nothing_behind():
    team = TeamFactory()
    owner, newcomer = team.memberships.get().user, UserFactory()

    def attempt(call):
        try:
            with transaction.atomic():
                call()
        except NoLongerThere:
            return

    at_once(
        lambda: services.delete_team(team, by=owner),
        lambda: attempt(lambda: services.add_member(team, newcomer, Role.MEMBER, by=None)),
    )

    assert not Team.objects.exists()
    assert not Membership.all_teams.exists()
