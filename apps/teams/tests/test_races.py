"""Two at once: the team's lock makes them queue on PostgreSQL, the file's on SQLite."""

from functools import partial

import pytest

from apps.core.errors import Refused
from apps.core.tests.races import at_once
from apps.teams import services
from apps.teams.mails import outbox
from apps.teams.models import Invitation, InvitationStatus, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import InvitationFactory, MembershipFactory, TeamFactory
from apps.users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def refusals_of(*calls):
    """Runs the calls together; returns the refusals they ended with."""

    def attempt(call):
        try:
            call()
        except Refused as refusal:
            return refusal

    return list(filter(None, at_once(*(partial(attempt, call) for call in calls))))


def test_ten_teams_of_one_name_get_ten_addresses():
    users = UserFactory.create_batch(10)

    refusals_of(*(lambda user=user: services.create_team("Acme", by=user) for user in users))

    assert set(Team.objects.values_list("slug", flat=True)) == {
        "acme",
        *(f"acme-{n}" for n in range(2, 11)),
    }


def test_of_two_owners_who_leave_together_one_stays():
    team = TeamFactory()
    MembershipFactory(team=team, role=Role.OWNER)
    owners = [membership.user for membership in team.memberships.owners()]

    refusals = refusals_of(*(lambda owner=owner: services.leave_team(team, by=owner) for owner in owners))

    assert len(refusals) == 1
    assert team.memberships.owners().count() == 1


def test_an_owner_who_leaves_and_one_who_is_switched_off_are_not_both_gone():
    team = TeamFactory(members=1)
    second = MembershipFactory(team=team, role=Role.OWNER).user
    first = team.memberships.owners().exclude(user=second).get().user

    def switch_off():
        second.is_active = False
        second.save()

    refusals = refusals_of(lambda: services.leave_team(team, by=first), switch_off)

    assert len(refusals) == 1
    assert team.memberships.owners().count() == 1


def test_the_last_seat_is_taken_once(plan_with_seats):
    team = TeamFactory(members=1)
    offers = InvitationFactory.create_batch(6, team=team)
    people = [UserFactory(email=offer.email) for offer in offers]
    plan_with_seats(3)

    refusals = refusals_of(
        *(
            lambda offer=offer, user=user: services.accept_invitation(offer, user=user)
            for offer, user in zip(offers, people, strict=True)
        )
    )

    assert len(refusals) == 5
    assert team.get_quantity() == 3


def test_two_clicks_join_once(seat_news):
    offer = InvitationFactory()
    user = UserFactory(email=offer.email)
    seat_news.clear()

    refusals = refusals_of(*[lambda: services.accept_invitation(offer, user=user)] * 2)

    assert refusals == []
    assert seat_news == [("joined", 1, 2)]


def test_of_accepting_and_withdrawing_one_wins_and_the_other_is_told():
    offer = InvitationFactory()
    user = UserFactory(email=offer.email)

    refusals = refusals_of(
        lambda: services.accept_invitation(offer, user=user),
        lambda: services.revoke_invitation(offer, by=offer.invited_by),
    )

    status = Invitation.all_teams.get().status
    assert [refusal.status for refusal in refusals] == [status]
    assert user.memberships.exists() == (status == InvitationStatus.ACCEPTED)


def test_two_lists_that_overlap_invite_each_once(plan_with_seats):
    team = TeamFactory()
    owner = team.memberships.get().user
    plan_with_seats(3)
    lists = [[services.Wish(f"{name}@example.com", Role.MEMBER) for name in names] for names in ("ab", "bc")]

    refusals_of(*(lambda wishes=wishes: services.invite_many(team, wishes, by=owner) for wishes in lists))

    assert Invitation.all_teams.count() == 2


def test_two_sweeps_send_each_mail_once(mailoutbox):
    InvitationFactory.create_batch(5)

    refusals_of(*[outbox.send_waiting] * 3)

    assert len({mail.to[0] for mail in mailoutbox}) == len(mailoutbox) == 5


def test_one_address_is_invited_once():
    team = TeamFactory()
    owner = team.memberships.get().user

    refusals_of(*[lambda: services.invite(team, ["bob@example.com"], Role.MEMBER, by=owner)] * 3)

    assert Invitation.all_teams.count() == 1


def test_two_workers_send_one_mail(mailoutbox):
    offer = InvitationFactory()

    refusals_of(*[lambda: outbox.send(offer.team, offer.pk)] * 3)

    assert len(mailoutbox) == 1


def test_switching_off_twice_is_counted_once(seat_news):
    user = MembershipFactory().user
    copies = [type(user).objects.get(pk=user.pk) for _copy in range(2)]
    seat_news.clear()

    def switch_off(copy):
        copy.is_active = False
        copy.save()

    refusals_of(*(lambda copy=copy: switch_off(copy) for copy in copies))

    assert seat_news == [("deactivated", 2, 1)]
