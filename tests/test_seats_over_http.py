"""Many at once for the last seats, over real sockets: a threaded server, committed transactions, Stripe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.core.errors import Refused
from apps.core.tests.races import at_once
from apps.subscriptions import metadata, sync
from apps.subscriptions.models import SeatChange
from apps.subscriptions.tests.conftest import choose, current, open_session, seats_at_stripe
from apps.teams import services
from apps.teams.errors import TeamIsFull
from apps.teams.models import Invitation, Membership, Team
from apps.teams.roles import Role
from apps.teams.tests.factories import MembershipFactory, TeamFactory
from apps.users.models import CustomUser
from apps.users.tests.factories import UserFactory
from stripe_sandbox.world import World
from tests.sockets import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.team_holder]

# SQLite has one writer: fewer people show the same there.
PEOPLE, SEATS_LEFT = (50, 10) if connection.vendor == "postgresql" else (12, 4)


@pytest.fixture
def limit_pro_to() -> Any:
    """The plan's line in the catalogue is changed, as the next deployment does."""
    before = list(metadata.ACTIVE_PRODUCTS)

    def limit_pro_to(seats: int) -> None:
        metadata.ACTIVE_PRODUCTS[:] = [
            replace(plan, max_seats=seats) if plan.slug == "pro" else plan for plan in before
        ]

    yield limit_pro_to
    metadata.ACTIVE_PRODUCTS[:] = before


@pytest.fixture
def pro_team(stripe: World, holder: Team, owner: CustomUser) -> Team:
    """On Pro, for its two members."""
    MembershipFactory(team=holder)
    client = Client()
    client.force_login(owner)
    choose(client, holder, "pro")
    stripe.complete_checkout(open_session(holder))
    sync.sync_customer(Team.objects.get(pk=holder.pk).stripe_customer_id)
    stripe.pending_deliveries()
    return holder


def test_of_many_who_accept_at_once_as_many_come_in_as_there_are_seats(
    stripe: World, pro_team: Team, owner: CustomUser, live_server: Any, limit_pro_to: Callable[[int], None]
) -> None:
    people = UserFactory.create_batch(PEOPLE)
    services.invite(pro_team, [person.email for person in people], Role.MEMBER, by=owner)
    visitors = [Visitor(live_server.url, person) for person in people]
    addresses = [address_of(pro_team, person) for person in people]
    for visitor, address in zip(visitors, addresses, strict=True):
        assert "Join the team" in visitor.look(address)
        visitor.connect()
    limit = 2 + SEATS_LEFT
    limit_pro_to(limit)

    answers = at_once(
        *(
            partial(visitor.send, address, action="accept")
            for visitor, address in zip(visitors, addresses, strict=True)
        )
    )

    refused = [page for status, page in answers if status == 409]
    assert sorted(status for status, _page in answers) == [302] * SEATS_LEFT + [409] * len(refused)
    assert len(refused) == PEOPLE - SEATS_LEFT
    assert all(TeamIsFull(limit).text in page for page in refused)
    inside = {membership.user_id for membership in pro_team.active_members}
    came_in = {person.pk for person, (status, _page) in zip(people, answers, strict=True) if status == 302}
    assert came_in == inside - {m.user_id for m in pro_team.memberships.order_by("created_at")[:2]}
    assert pro_team.invitations.pending().count() == PEOPLE - SEATS_LEFT
    assert_gapless(pro_team)

    call_command("sync_subscriptions", verbosity=0)

    assert seats_at_stripe(stripe, pro_team) == current(pro_team).quantity == limit
    assert {int(sent) for sent in quantities_sent(stripe)} <= set(range(3, limit + 1))


def address_of(team: Team, person: CustomUser) -> str:
    offer = Invitation.all_teams.get(team=team, email=person.email)
    return reverse("teams:invitation", args=[offer.token])


def quantities_sent(stripe: World) -> list[str]:
    calls = stripe.requests.since(0)
    return [call["params"]["quantity"] for call in calls if "/v1/subscription_items/" in call["path"]]


def assert_gapless(team: Team) -> None:
    """Each change begins where the one before ended, and the last one where the team is."""
    steps = list(SeatChange.objects.filter(holder=team).order_by("pk").values_list("before", "after"))
    ends = [0, *(after for _before, after in steps)]
    assert [before for before, _after in steps] == ends[:-1]
    assert ends[-1] == team.active_members.count()


# --- Two owners who go at the same moment ----------------------------------------------------------------


class TwoOwners:
    def __init__(self, server: str) -> None:
        self.team = TeamFactory(members=1)
        self.first = self.team.memberships.owners().get()
        self.second = MembershipFactory(team=self.team, role=Role.OWNER)
        self.visitors = {row.pk: Visitor(server, row.user) for row in (self.first, self.second)}
        for visitor in self.visitors.values():
            visitor.look(self._address("members"))
        self.staff = Visitor(server, UserFactory(is_staff=True, is_superuser=True))
        self.staff.look(self._account(self.first))

    def _address(self, name: str, *args: Any) -> str:
        return reverse(f"team:{name}", args=[self.team.slug, *args])

    def _account(self, row: Membership) -> str:
        return f"/admin/users/customuser/{row.user_id}/change/"

    def leave(self, row: Membership) -> Any:
        return self.visitors[row.pk].send(self._address("leave"))

    def demote(self, row: Membership) -> Any:
        """By themselves."""
        return self.visitors[row.pk].send(self._address("member_role", row.pk), role="member")

    def transfer(self, row: Membership) -> Any:
        """To the team's plain member."""
        heir = self.team.memberships.get(role="member")
        return self.visitors[row.pk].send(self._address("transfer"), to=heir.pk)

    def removed_by_the_other(self, row: Membership) -> Any:
        other = self.first if row == self.second else self.second
        return self.visitors[other.pk].send(self._address("member_remove", row.pk))

    def switched_off(self, row: Membership) -> Any:
        form = {"email": row.user.email, "name": row.user.name, "time_zone": "UTC"}
        return self.staff.send(self._account(row), **form)

    def deleted(self, row: Membership) -> Any:
        """By staff, in the admin."""
        return self.staff.send(f"/admin/users/customuser/{row.user_id}/delete/", post="yes")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("leave", "leave"),
        ("demote", "leave"),
        ("demote", "demote"),
        ("switched_off", "leave"),
        ("deleted", "leave"),
        ("deleted", "demote"),
        ("transfer", "leave"),
        ("removed_by_the_other", "removed_by_the_other"),
        ("removed_by_the_other", "leave"),
    ],
)
def test_of_two_owners_who_go_together_somebody_still_owns_the_team(
    stripe: World, live_server: Any, first: str, second: str
) -> None:
    two = TwoOwners(live_server.url)

    answers = at_once(
        lambda: getattr(two, first)(two.first),
        lambda: getattr(two, second)(two.second),
    )

    assert {status for status, _page in answers} <= {302, 403, 404}
    assert two.team.memberships.owners().exists()
    if "transfer" not in (first, second):
        assert two.team.memberships.owners().count() == 1
    assert_gapless(two.team)


def test_two_owners_whose_accounts_end_together_leave_one(stripe: World) -> None:
    """By the ORM, as a script does."""
    team = TeamFactory(members=1)
    MembershipFactory(team=team, role=Role.OWNER)
    people = [row.user for row in team.memberships.owners()]

    at_once(*(partial(refused, person.delete) for person in people))

    assert team.memberships.owners().count() == 1
    assert_gapless(team)


def refused(call: Callable[[], Any]) -> str:
    try:
        call()
    except Refused as refusal:
        return refusal.text
    return ""
