"""What the one who acts may do, read under the team's lock: a role taken away a moment ago counts."""

from __future__ import annotations

from apps.teams.errors import NotAllowed
from apps.teams.models import Membership, Team
from apps.teams.roles import Permission, Role
from apps.users.models import CustomUser


def require_permission(team: Team, user: CustomUser, permission: Permission) -> Membership:
    """The actor's membership. NotAllowed if there is none or its role does not reach."""
    membership = team.active_members.filter(user=user).first()
    if membership is None or not membership.allows(permission):
        raise NotAllowed
    return membership


def require_grantable(actor: Membership, *roles: str) -> None:
    """Nobody touches a role above their own, nor gives one."""
    if not all(role in Role(actor.role).grantable for role in roles):
        raise NotAllowed
