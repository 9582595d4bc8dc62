"""Who is in a team and as what. The guards of `membership_events` hold here as by every other door."""

from __future__ import annotations

from django.db import transaction

from apps.core.audit import record
from apps.teams.errors import NoLongerThere, NotAllowed
from apps.teams.locks import lock_team
from apps.teams.mails.names import called
from apps.teams.mails.telling import tell_removed, tell_role_changed
from apps.teams.models import Membership, Team
from apps.teams.roles import Permission, Role
from apps.teams.services.authority import require_grantable, require_permission
from apps.users.models import CustomUser

JOINED, ADDED = "team.member_joined", "team.member_added"
LEFT, REMOVED = "team.member_left", "team.member_removed"


@transaction.atomic
def add_member(team: Team, user: CustomUser, role: Role, *, by: CustomUser | None) -> Membership:
    """Puts somebody into the team without asking them (an accepted invitation, a script: `by` None).

    In the log they joined, or were added when `by` is somebody else. Who is a member already stays as they
    are. Raises TeamIsFull.
    """
    team = lock_team(team.pk)
    if by is not None and by != user:
        require_grantable(require_permission(team, by, Permission.MANAGE_MEMBERS), role)
    present = team.memberships.filter(user=user).first()
    if present:
        return present
    membership = Membership(team=team, user=user, role=role)
    membership.changed_by = by
    membership.save()
    action = JOINED if by is None or by == user else ADDED
    record(action, actor=by, target=membership, after={"role": role}, holder=team)
    return membership


@transaction.atomic
def change_role(membership: Membership, role: Role, *, by: CustomUser) -> Membership:
    """Raises NotAllowed, or LastOwner when the only owner would become something else."""
    team, membership = _locked(membership)
    actor = require_permission(team, by, Permission.MANAGE_MEMBERS)
    require_grantable(actor, membership.role, role)
    before = membership.role
    if role != before:
        membership.role = role
        membership.save(update_fields=["role"])
        record(
            "team.role_changed",
            actor=by,
            target=membership,
            before={"role": before},
            after={"role": role},
            holder=team,
        )
        if membership.user_id != by.pk:
            tell_role_changed(membership, by=called(by))
    return membership


@transaction.atomic
def remove_member(membership: Membership, *, by: CustomUser) -> None:
    """Raises NotAllowed or LastOwner. Taking oneself off is leaving, whatever one's role."""
    team, membership = _locked(membership)
    if membership.user_id == by.pk:
        _take_off(team, membership, by=by)
        return
    actor = require_permission(team, by, Permission.MANAGE_MEMBERS)
    require_grantable(actor, membership.role)
    _take_off(team, membership, by=by)


@transaction.atomic
def leave_team(team: Team, *, by: CustomUser) -> None:
    """Raises LastOwner; NotAllowed for somebody who is not in the team."""
    team = lock_team(team.pk)
    membership = team.memberships.filter(user=by).first()
    if membership is None:
        raise NotAllowed
    _take_off(team, membership, by=by)


def _take_off(team: Team, membership: Membership, *, by: CustomUser) -> None:
    membership.changed_by = by
    membership.leaves = membership.user_id == by.pk
    action = LEFT if membership.leaves else REMOVED
    record(action, actor=by, target=membership, before={"role": membership.role}, holder=team)
    if not membership.leaves:
        tell_removed(team, membership.user, by=called(by))
    membership.delete()


def _locked(membership: Membership) -> tuple[Team, Membership]:
    """The team under lock, and the membership as it is now. Raises NoLongerThere."""
    team = lock_team(membership.team_id)
    current = team.memberships.select_related("user").filter(pk=membership.pk).first()
    if current is None:
        raise NoLongerThere
    return team, current
