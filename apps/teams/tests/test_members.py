"""Roles, removing, leaving; the rules that hold by every door."""

import pytest
from django.db import transaction

from apps.core.models import AuditEntry
from apps.teams import services
from apps.teams.errors import LastOwner, NoLongerThere, NotAllowed, TeamIsFull
from apps.teams.models import Membership, Team
from apps.teams.roles import Permission, Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory()


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OWNER, set(Permission)),
        (
            Role.ADMIN,
            {Permission.MANAGE_MEMBERS, Permission.MANAGE_SETTINGS, Permission.MANAGE_BILLING},
        ),
        (Role.BILLING, {Permission.MANAGE_BILLING}),
        (Role.MEMBER, set()),
    ],
)
def test_each_role_allows_what_the_table_says(role, allowed):
    assert {permission for permission in Permission if role.allows(permission)} == allowed


def test_a_seat_is_an_active_member_of_whatever_role(team):
    MembershipFactory(team=team, role=Role.BILLING)
    MembershipFactory(team=team, user__is_active=False)

    assert team.get_quantity() == 2


def test_an_owner_makes_a_member_an_admin(team, owner):
    member = MembershipFactory(team=team)

    services.change_role(member, Role.ADMIN, by=owner)

    member.refresh_from_db()
    assert member.role == Role.ADMIN
    entry = AuditEntry.objects.get(action="team.role_changed")
    assert (entry.actor, entry.before, entry.after) == (owner, {"role": "member"}, {"role": "admin"})


@pytest.mark.parametrize(
    ("target", "new_role"),
    [(Role.OWNER, Role.MEMBER), (Role.MEMBER, Role.OWNER), (Role.ADMIN, Role.OWNER)],
    ids=["demotes owner", "makes owner", "promotes admin to owner"],
)
def test_an_admin_reaches_nobody_above_admin(team, target, new_role):
    admin = MembershipFactory(team=team, role=Role.ADMIN)
    other = MembershipFactory(team=team, role=target)

    with pytest.raises(NotAllowed):
        services.change_role(other, new_role, by=admin.user)

    other.refresh_from_db()
    assert other.role == target


def test_an_admin_cannot_remove_an_owner(team, owner):
    admin = MembershipFactory(team=team, role=Role.ADMIN)

    with pytest.raises(NotAllowed):
        services.remove_member(team.memberships.get(user=owner), by=admin.user)


@pytest.mark.parametrize("role", [Role.BILLING, Role.MEMBER])
def test_other_roles_change_nobody(team, role):
    actor = MembershipFactory(team=team, role=role)
    other = MembershipFactory(team=team)

    with pytest.raises(NotAllowed):
        services.change_role(other, Role.MEMBER, by=actor.user)
    with pytest.raises(NotAllowed):
        services.remove_member(other, by=actor.user)


def test_a_stranger_changes_nobody(team):
    other = MembershipFactory(team=team)
    stranger = TeamFactory().memberships.get().user

    with pytest.raises(NotAllowed):
        services.remove_member(other, by=stranger)


def test_removing_somebody_frees_their_seat_and_says_so(team, owner, seat_news):
    member = MembershipFactory(team=team)

    services.remove_member(member, by=owner)

    assert team.get_quantity() == 1
    assert seat_news == [("joined", 1, 2), ("removed", 2, 1)]
    assert AuditEntry.objects.get(action="team.member_removed").actor == owner


def test_removing_somebody_twice_says_that_they_are_gone(team, owner):
    member = MembershipFactory(team=team)
    services.remove_member(Membership.all_teams.get(pk=member.pk), by=owner)

    with pytest.raises(NoLongerThere):
        services.remove_member(member, by=owner)


def test_a_member_leaves(team, seat_news):
    member = MembershipFactory(team=team)

    services.leave_team(team, by=member.user)

    assert seat_news[-1] == ("left", 2, 1)
    assert not team.memberships.filter(user=member.user).exists()


def test_invoices_go_to_the_longest_owner_when_the_contact_leaves(team, owner):
    successor = MembershipFactory(team=team, role=Role.OWNER)

    services.leave_team(team, by=owner)

    team.refresh_from_db()
    assert team.billing_contact == successor.user


def leave(team, owner):
    services.leave_team(team, by=owner)


def remove_oneself(team, owner):
    services.remove_member(team.memberships.get(user=owner), by=owner)


def step_down(team, owner):
    services.change_role(team.memberships.get(user=owner), Role.MEMBER, by=owner)


def step_down_by_orm(team, owner):
    membership = team.memberships.get(user=owner)
    membership.role = Role.ADMIN
    membership.save()


def delete_membership(team, owner):
    team.memberships.filter(user=owner).delete()


def delete_account(team, owner):
    owner.delete()


def delete_accounts_in_bulk(team, owner):
    CustomUser.objects.filter(pk=owner.pk).delete()


def switch_off(team, owner):
    owner.is_active = False
    owner.save()


DOORS = [
    leave,
    remove_oneself,
    step_down,
    step_down_by_orm,
    delete_membership,
    delete_account,
    delete_accounts_in_bulk,
    switch_off,
]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_the_last_owner_stays_whichever_door_is_tried(team, owner, door):
    MembershipFactory(team=team, role=Role.ADMIN)

    with pytest.raises(LastOwner), transaction.atomic():
        door(team, owner)

    assert team.memberships.owners().get().user == owner


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_opens_once_there_is_a_second_owner(team, owner, door):
    second = MembershipFactory(team=team, role=Role.OWNER)

    door(team, owner)

    assert team.memberships.owners().get() == second


def test_an_inactive_owner_does_not_count(team, owner):
    MembershipFactory(team=team, role=Role.OWNER, user__is_active=False)

    with pytest.raises(LastOwner):
        services.leave_team(team, by=owner)


def test_somebody_alone_in_a_team_can_be_switched_off(team, owner):
    owner.is_active = False
    owner.save()

    assert team.get_quantity() == 1  # never billed for less than one


def test_a_team_takes_its_members_along_without_seat_news(team, seat_news):
    MembershipFactory(team=team)
    seat_news.clear()

    team.delete()

    assert not Membership.all_teams.exists()
    assert seat_news == []


def test_deleting_an_account_moves_seats_and_invoices(team, owner, seat_news):
    successor = MembershipFactory(team=team, role=Role.OWNER)

    owner.delete()

    team.refresh_from_db()
    assert team.billing_contact == successor.user
    assert seat_news[-1] == ("removed", 2, 1)


def test_switching_an_account_off_and_on_moves_seats_in_each_team(team, seat_news):
    member = MembershipFactory(team=team)
    MembershipFactory(team=TeamFactory(), user=member.user)
    seat_news.clear()

    for is_active in (False, False, True):
        member.user.is_active = is_active
        member.user.save()

    assert seat_news == [("deactivated", 2, 1)] * 2 + [("reactivated", 1, 2)] * 2


def test_an_account_cannot_be_switched_off_behind_the_seats_back(team):
    MembershipFactory(team=team)

    with pytest.raises(TypeError):
        CustomUser.objects.update(is_active=False)


@pytest.mark.parametrize(
    "shortcut",
    [
        lambda team, user: team.members.add(user),
        lambda team, user: team.members.set([user]),
        lambda team, user: Membership.all_teams.bulk_create([Membership(team=team, user=user)]),
        lambda team, user: team.memberships.update(role=Role.OWNER),
        lambda team, user: Membership.all_teams.bulk_update(team.memberships.all(), ["role"]),
    ],
    ids=["add", "set", "bulk_create", "update", "bulk_update"],
)
def test_no_shortcut_leads_around_the_rules(team, owner, shortcut):
    MembershipFactory(team=team)
    other = UserFactory()

    with pytest.raises((TypeError, LastOwner)), transaction.atomic():
        shortcut(team, other)

    assert team.get_quantity() == 2
    assert team.memberships.owners().get().user == owner


def test_saving_a_user_for_other_reasons_tells_nothing(team, owner, seat_news):
    owner.name = "New Name"
    owner.save()
    owner.save(update_fields=["name"])

    assert seat_news == []


class TestFullTeam:
    @pytest.fixture(autouse=True)
    def two_seats(self, plan_with_seats, team, owner):
        MembershipFactory(team=team)
        plan_with_seats(2)

    def test_nobody_is_added(self, team, owner):
        with pytest.raises(TeamIsFull) as refusal:
            services.add_member(team, UserFactory(), Role.MEMBER, by=owner)

        assert refusal.value.limit == 2
        assert team.get_quantity() == 2

    def test_the_orm_is_no_way_around(self, team):
        with pytest.raises(TeamIsFull):
            Membership.all_teams.create(team=team, user=UserFactory())

    def test_nobody_comes_back(self, team):
        away = MembershipFactory(team=team, user__is_active=False).user
        away.is_active = True

        with pytest.raises(TeamIsFull):
            away.save()

        assert not CustomUser.objects.get(pk=away.pk).is_active

    def test_roles_still_change(self, team, owner):
        member = team.memberships.exclude(user=owner).get()

        services.change_role(member, Role.BILLING, by=owner)

        assert Team.objects.get(pk=team.pk).get_quantity() == 2


def test_an_account_that_is_gone_meanwhile_joins_nothing(team):
    user = UserFactory()
    CustomUser.objects.get(pk=user.pk).delete()

    with pytest.raises(NoLongerThere):
        services.add_member(team, user, Role.MEMBER, by=None)

    assert team.get_quantity() == 1
