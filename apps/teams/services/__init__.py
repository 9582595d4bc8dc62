"""What people do to teams. No function here knows a request; each writes the audit log.

All of them take the team's lock first, check what `by` may do under it, and leave what must follow (mails,
seats) to the commit.
"""

from apps.teams.services.invitations import (
    InviteOutcome,
    InviteResult,
    accept_invitation,
    decline_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from apps.teams.services.memberships import add_member, change_role, leave_team, remove_member
from apps.teams.services.teams import create_team, rename_team

__all__ = [
    "InviteOutcome",
    "InviteResult",
    "accept_invitation",
    "add_member",
    "change_role",
    "create_team",
    "decline_invitation",
    "invite",
    "leave_team",
    "remove_member",
    "rename_team",
    "resend_invitation",
    "revoke_invitation",
]
