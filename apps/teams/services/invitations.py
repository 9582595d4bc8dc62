"""Asking people into a team. Bills count them when they accept, the plan's limit when they are asked (P6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from apps.core.audit import record
from apps.core.tasks import enqueue
from apps.teams.errors import InvitationNotPending, NoLongerThere, WrongAddress
from apps.teams.locks import lock_team
from apps.teams.models import Invitation, InvitationStatus, Membership, Team, default_expiry
from apps.teams.roles import Permission, Role
from apps.teams.seats import may_take, require_seats
from apps.teams.selectors import is_member_address
from apps.teams.services.authority import require_grantable, require_permission
from apps.teams.services.memberships import add_member
from apps.teams.tasks import send_invitation
from apps.users.managers import normal_email
from apps.users.models import CustomUser
from apps.users.selectors import verified_emails

MAX_ADDRESS = 254  # what the column holds; validate_email alone lets 320 through


class InviteOutcome(StrEnum):
    SENT = "sent"
    ALREADY_MEMBER = "already_member"
    ALREADY_INVITED = "already_invited"
    INVALID = "invalid"
    TEAM_FULL = "team_full"


@dataclass(frozen=True, slots=True)
class InviteResult:
    email: str
    outcome: InviteOutcome
    invitation: Invitation | None = None


@transaction.atomic
def invite(team: Team, emails: Iterable[str], role: Role, *, by: CustomUser) -> list[InviteResult]:
    """Asks each address once, and says for each what came of it, in the order given.

    One bad address does not stop the others. Raises NotAllowed.
    """
    team = lock_team(team.pk)
    require_grantable(require_permission(team, by, Permission.MANAGE_MEMBERS), role)
    addresses = dict.fromkeys(normal_email(email) for email in emails)
    return [_invite_one(team, email, role, by=by) for email in addresses]


def _invite_one(team: Team, email: str, role: Role, *, by: CustomUser) -> InviteResult:
    refusal = _why_not(team, email)
    if refusal:
        return InviteResult(email, refusal)
    _withdraw_stale(team, email)
    invitation = team.invitations.create(email=email, role=role, invited_by=by)
    record("team.invited", actor=by, target=invitation, after={"email": email, "role": role}, holder=team)
    enqueue(send_invitation, str(invitation.pk))
    return InviteResult(email, InviteOutcome.SENT, invitation)


def _why_not(team: Team, email: str) -> InviteOutcome | None:
    try:
        validate_email(email)
    except ValidationError:
        return InviteOutcome.INVALID
    if len(email) > MAX_ADDRESS:
        return InviteOutcome.INVALID
    if is_member_address(team, email):
        return InviteOutcome.ALREADY_MEMBER
    if team.invitations.pending().filter(email=email).exists():
        return InviteOutcome.ALREADY_INVITED
    return None if may_take(team, inviting=True) else InviteOutcome.TEAM_FULL


def _withdraw_stale(team: Team, email: str) -> None:
    """An expired or void offer makes room for the new one."""
    team.invitations.open().filter(email=email).update(revoked_at=timezone.now())


@transaction.atomic
def accept_invitation(invitation: Invitation, *, user: CustomUser) -> Membership:
    """Makes `user` a member. Accepting twice is accepting once.

    Raises InvitationNotPending, WrongAddress (P8) or TeamIsFull.
    """
    team, invitation = _locked(invitation)
    present = team.memberships.filter(user=user).first()
    if present and invitation.accepted_by_id == user.pk:
        return present
    _require_pending_for(invitation, user)
    membership = add_member(team, user, Role(invitation.role), by=user)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record("team.invitation_accepted", actor=user, target=invitation, holder=team)
    return membership


@transaction.atomic
def decline_invitation(invitation: Invitation, *, user: CustomUser) -> None:
    """Raises InvitationNotPending or WrongAddress."""
    team, invitation = _locked(invitation)
    _require_pending_for(invitation, user)
    invitation.declined_at = timezone.now()
    invitation.save(update_fields=["declined_at"])
    record("team.invitation_declined", actor=user, target=invitation, holder=team)


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: CustomUser) -> None:
    """Takes an offer back, an expired one too. Raises NotAllowed or InvitationNotPending."""
    team, invitation = _locked(invitation)
    require_grantable(require_permission(team, by, Permission.MANAGE_MEMBERS), invitation.role)
    _require_open(invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record("team.invitation_revoked", actor=by, target=invitation, holder=team)


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: CustomUser) -> Invitation:
    """The same offer again, now from `by` and with full time left; its link stays the same.

    Raises NotAllowed, InvitationNotPending, or TeamIsFull if an expired one finds no seat any more.
    """
    team, invitation = _locked(invitation)
    require_grantable(require_permission(team, by, Permission.MANAGE_MEMBERS), invitation.role)
    _require_open(invitation)
    if invitation.status != InvitationStatus.PENDING:
        require_seats(team, inviting=True)
    invitation.invited_by, invitation.expires_at = by, default_expiry()
    invitation.mail_sent_at, invitation.mail_due_at = None, timezone.now()
    invitation.save(update_fields=["invited_by", "expires_at", "mail_sent_at", "mail_due_at"])
    record("team.invitation_resent", actor=by, target=invitation, holder=team)
    enqueue(send_invitation, str(invitation.pk))
    return invitation


def _locked(invitation: Invitation) -> tuple[Team, Invitation]:
    team = lock_team(invitation.team_id)
    current = team.invitations.select_related("invited_by").filter(pk=invitation.pk).first()
    if current is None:
        raise NoLongerThere
    return team, current


def _require_pending_for(invitation: Invitation, user: CustomUser) -> None:
    if invitation.status != InvitationStatus.PENDING:
        raise InvitationNotPending(invitation.status)
    if invitation.email not in verified_emails(user):
        raise WrongAddress(invitation.email)


def _require_open(invitation: Invitation) -> None:
    if invitation.accepted_at or invitation.declined_at or invitation.revoked_at:
        raise InvitationNotPending(invitation.status)
