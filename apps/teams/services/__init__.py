"""What people do to teams. No function here knows a request; each writes the audit log.

All of them take the team's lock first, check what `by` may do under it, and leave what must follow (mails,
seats) to the commit.
"""

from apps.teams.services.deletion import delete_team
from apps.teams.services.first_steps import show_first_steps
from apps.teams.services.invitations import (
    accept_invitation,
    decline_invitation,
    resend_invitation,
    revoke_invitation,
)
from apps.teams.services.inviting import invite, invite_many
from apps.teams.services.logos import remove_logo, set_logo, take_logo_down
from apps.teams.services.memberships import add_member, change_role, leave_team, remove_member
from apps.teams.services.ownership import transfer_ownership
from apps.teams.services.slugs import change_slug
from apps.teams.services.teams import create_team, rename_team
from apps.teams.wishes import InviteOutcome, InviteResult, Wish

__all__ = [
    "InviteOutcome",
    "InviteResult",
    "Wish",
    "accept_invitation",
    "add_member",
    "change_role",
    "change_slug",
    "create_team",
    "decline_invitation",
    "delete_team",
    "invite",
    "invite_many",
    "leave_team",
    "remove_logo",
    "remove_member",
    "rename_team",
    "resend_invitation",
    "revoke_invitation",
    "set_logo",
    "show_first_steps",
    "take_logo_down",
    "transfer_ownership",
]
