from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.db import transaction

from apps.teams.errors import NoLongerThere
from apps.teams.models import Membership, Team
from apps.users.models import CustomUser

TRIES = 5


def lock_team(team_id: UUID) -> Team:
    """The team, locked until the transaction ends: always taken first, by everybody who counts its members.

    Without the key (`no_key`) rows that only point at the team may still be written meanwhile. Raises
    NoLongerThere.
    """
    team = Team.objects.select_for_update(no_key=True).filter(pk=team_id).first()
    if team is None:
        raise NoLongerThere
    return team


def lock_activity(user_id: UUID) -> bool:
    """Whether the account is active, and stays so until the transaction ends. Lock the team first.

    What somebody holds in memory may be old: the account was switched on or off since they read it. Raises
    NoLongerThere for one that was deleted.
    """
    people = CustomUser.objects.select_for_update(no_key=True).filter(pk=user_id)
    is_active = people.values_list("is_active", flat=True).first()
    if is_active is None:
        raise NoLongerThere
    return is_active


def lock_teams_of(user: CustomUser) -> list[Team]:
    """All teams of somebody and then their account, so that they join no other team meanwhile.

    In one order, so that two of these never wait for each other. Raises NoLongerThere for somebody who keeps
    joining teams.
    """
    for _attempt in range(TRIES):
        with suppress(_JoinedMeanwhile), transaction.atomic():
            return _lock_all(user)
    raise NoLongerThere


class _JoinedMeanwhile(Exception):
    """A team came that is not locked. To lock it now would be out of order: let go of all, and begin anew."""


def _lock_all(user: CustomUser) -> list[Team]:
    locking = Team.objects.select_for_update(no_key=True, of=("self",))
    teams = list(locking.filter(memberships__user=user).order_by("pk"))
    lock_activity(user.pk)
    if Membership.all_teams.filter(user=user).exclude(team__in=teams).exists():
        raise _JoinedMeanwhile
    return teams
