"""Two people at two doors for the last seat: one is in, the other is told why."""

from __future__ import annotations

import itertools

import pytest

from apps.core.tests.races import at_once
from apps.subscriptions.models import SeatChange
from apps.teams import services
from apps.teams.errors import TeamIsFull
from apps.teams.models import Membership
from apps.teams.roles import Role
from apps.teams.tests import doors
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.team_holder]

KINDS = [
    doors.by_an_invitation,
    doors.added_by_the_owner,
    doors.switched_on,
    doors.BY_NAME["staff_in_the_admin"],
    doors.switched_on_in_the_admin,
]


@pytest.mark.parametrize(
    ("one", "another"),
    list(itertools.combinations_with_replacement(KINDS, 2)),
    ids=lambda door: door.__name__,
)
def test_two_doors_share_the_last_seat(one, another, plan_with_seats):
    team = TeamFactory(members=1)
    come = [one(team), another(team)]
    plan_with_seats(3)

    said = at_once(*come)

    assert sum(TeamIsFull(3).text in words for words in said) == 1
    assert team.active_members.count() == 3
    assert ledger_of(team)[-1] == (2, 3)


def test_of_two_who_are_asked_for_the_last_place_one_is(plan_with_seats):
    team = TeamFactory(members=1)
    come = [doors.invited(team), doors.invited_again(team)]
    plan_with_seats(3)

    said = at_once(*come)

    assert sum(TeamIsFull(3).text in words for words in said) == 1
    assert team.invitations.pending().count() == 1


@pytest.mark.parametrize("active", [True, False], ids=["switched off", "switched on"])
def test_somebody_who_is_switched_while_they_join_is_counted_as_they_end(active):
    """Whoever is first, the log of seats ends with the number of active members."""
    team = TeamFactory(members=1)
    for _round in range(8):
        person = UserFactory(is_active=active)
        copy = CustomUser.objects.get(pk=person.pk)

        def switch(copy=copy) -> None:
            copy.is_active = not active
            copy.save()

        at_once(lambda person=person: services.add_member(team, person, Role.MEMBER, by=None), switch)

    assert_gapless(team)


def test_an_account_saved_whole_by_two_ends_as_it_is_counted():
    """A page that saves the whole account while staff switch it off."""
    team = TeamFactory(members=1)
    person = MembershipFactory(team=team).user
    for switched in (False, True) * 4:
        copies = [CustomUser.objects.get(pk=person.pk) for _copy in range(2)]

        def switch(copy=copies[0], switched=switched) -> None:
            copy.is_active = switched
            copy.save()

        at_once(copies[1].save, switch)

    assert_gapless(team)


def test_two_accounts_with_the_same_teams_are_deleted_at_once():
    """Each locks the teams in one order: neither waits for the other for ever."""
    for _round in range(4):
        teams = [TeamFactory() for _team in range(3)]
        people = UserFactory.create_batch(2)
        for person, order in zip(people, (teams, teams[::-1]), strict=True):
            for team in order:
                MembershipFactory(team=team, user=person)

        at_once(*(person.delete for person in people))

        assert [team.active_members.count() for team in teams] == [1, 1, 1]
        for team in teams:
            assert_gapless(team)


def test_somebody_joins_and_leaves_other_teams_while_switched_off():
    teams = [TeamFactory() for _team in range(4)]
    person = UserFactory()
    MembershipFactory(team=teams[0], user=person)
    copy = CustomUser.objects.get(pk=person.pk)

    def switch_off() -> None:
        copy.is_active = False
        copy.save()

    joining = [
        lambda team=team: services.add_member(team, person, Role.MEMBER, by=None) for team in teams[1:]
    ]
    at_once(switch_off, *joining)

    assert Membership.all_teams.filter(user=person).count() == 4
    for team in teams:
        assert_gapless(team)


def assert_gapless(team) -> None:
    """Each change begins where the one before ended, and the last one where the team is."""
    steps = ledger_of(team)
    ends = [0, *(after for _before, after in steps)]
    assert [before for before, _after in steps] == ends[:-1]
    assert ends[-1] == team.active_members.count()


def ledger_of(team) -> list[tuple[int, int]]:
    return list(SeatChange.objects.filter(holder=team).order_by("pk").values_list("before", "after"))
