"""What the pages of leaving and removing say of the bill holds for the plan the team is on."""

from __future__ import annotations

from typing import Any

import pytest

from apps.teams.tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]


@pytest.fixture
def member(holder: Any) -> Any:
    return MembershipFactory(team=holder)


def pages_of_going(client: Any, as_member: Any, team: Any, member: Any) -> list[str]:
    below = f"/a/{team.slug}/team/"
    as_member.force_login(member.user)
    answers = [
        client.get(f"{below}members/{member.pk}/remove/"),
        as_member.get(f"{below}leave/"),
        as_member.get(below),
    ]
    return [answer.content.decode() for answer in answers]


@pytest.mark.parametrize(("plan", "billed"), [("pro", True), ("starter", False), (None, False)])
def test_a_seat_is_no_longer_billed_only_where_it_was(
    stripe, holder, buy, owner_client, client, member, plan, billed
):
    if plan:
        buy(holder, plan)

    pages = pages_of_going(owner_client, client, holder, member)

    assert ["seat is no longer billed" in page for page in pages] == [billed] * 3
