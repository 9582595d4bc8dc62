"""What becomes of an invitation: accepted, declined, withdrawn, sent again."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.core.audit import record
from apps.core.tasks import enqueue
from apps.teams.errors import AskedTooOften, InvitationNotPending, NoLongerThere, SentJustNow, WrongAddress
from apps.teams.locks import lock_team
from apps.teams.models import Invitation, InvitationStatus, Membership, Team, default_expiry
from apps.teams.roles import Permission, Role
from apps.teams.seats import require_seats
from apps.teams.selectors import asked_too_often_among
from apps.teams.services.authority import require_grantable, require_permission
from apps.teams.services.memberships import add_member
from apps.teams.tasks import send_invitation
from apps.users.models import CustomUser
from apps.users.selectors import verified_emails

# An invitation is no way to fill somebody's inbox.
RESEND_AFTER = timedelta(minutes=1)


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

    Raises NotAllowed, InvitationNotPending, SentJustNow, AskedTooOften, or TeamIsFull if an expired one finds
    no seat any more.
    """
    team, invitation = _locked(invitation)
    require_grantable(require_permission(team, by, Permission.MANAGE_MEMBERS), invitation.role)
    _require_open(invitation)
    if invitation.status != InvitationStatus.PENDING:
        require_seats(team, inviting=True)
    elif timezone.now() - invitation.promised_at < RESEND_AFTER:
        raise SentJustNow(invitation.email)
    if asked_too_often_among(team, [invitation.email], by=by):
        raise AskedTooOften(invitation.email)
    invitation.invited_by, invitation.expires_at = by, default_expiry()
    invitation.mail_sent_at, invitation.mail_due_at = None, timezone.now()
    invitation.save(update_fields=["invited_by", "expires_at", "mail_sent_at", "mail_due_at"])
    record("team.invitation_resent", actor=by, target=invitation, holder=team)
    enqueue(send_invitation, str(team.pk), str(invitation.pk))
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
