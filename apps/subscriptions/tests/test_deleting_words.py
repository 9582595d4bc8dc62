"""What the pages before a team's end say goes is what there is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.teams.tests.factories import InvitationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.team_holder]

ENDS = "subscription ends at once"


@pytest.mark.parametrize("plan", ["pro", None])
def test_a_subscription_ends_only_where_there_is_one(stripe, holder, buy, owner_client, plan):
    if plan:
        buy(holder, plan)

    pages = [owner_client.get(f"/a/{holder.slug}/team/{page}").content.decode() for page in ("", "delete/")]

    assert [ENDS in page for page in pages] == [bool(plan)] * 2


def test_an_invitation_that_has_expired_is_not_counted_as_open(holder, owner_client):
    owner = holder.memberships.get().user
    InvitationFactory(team=holder, invited_by=owner)
    InvitationFactory(team=holder, invited_by=owner, expires_at=timezone.now() - timedelta(days=1))

    page = owner_client.get(f"/a/{holder.slug}/team/delete/").content.decode()

    assert "1 open invitation is withdrawn." in page
