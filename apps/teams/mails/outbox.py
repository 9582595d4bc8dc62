"""Sending what waits. An invitation's row is the promise of its mail; a mail leaves once per promise.

Sent, then noted: who is killed between the two leaves a mail that is sent again, with the same Message-ID.
"""

from __future__ import annotations

from uuid import UUID

from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from apps.core.mail_server import CLAIM, PAUSE, send_each
from apps.teams.mails.invitation import invitation_mail
from apps.teams.models import Invitation, Team

# A mail that is refused again and again is tried each time a tenth of its age later.
PATIENCE = 10


def send(team: Team, invitation_id: UUID | str) -> bool:
    """True if the mail left now. One that fails leaves the row for the sweeper."""
    return send_each(team.invitations.filter(pk=invitation_id).values_list("pk", flat=True), _deliver) == 1


def send_waiting(team: Team | None = None) -> int:
    """Sends what is due, of one team or of all; returns how many left."""
    return send_each(_waiting(team), _deliver)


def _waiting(team: Team | None) -> list[UUID]:
    """Invitations that could be accepted, but whose mail is due and has not left."""
    offers = team.invitations if team else Invitation.all_teams
    due = offers.pending().filter(mail_sent_at=None, mail_due_at__lte=timezone.now())
    return list(due.order_by("mail_due_at").values_list("pk", flat=True))


def _deliver(invitation_id: UUID | str, server: BaseEmailBackend) -> bool:
    """Raises what the mail server's backend raises."""
    if not _claim(invitation_id):
        return False
    invitation = Invitation.all_teams.select_related("team", "invited_by").get(pk=invitation_id)
    try:
        server.open()
        server.send_messages([invitation_mail(invitation)])
    except Exception:
        _release(invitation)
        raise
    # Sent again meanwhile by somebody's click? Then that promise stays open.
    promise = Invitation.all_teams.filter(pk=invitation_id, mail_due_at=invitation.mail_due_at)
    promise.update(mail_sent_at=timezone.now())
    return True


def _claim(invitation_id: UUID | str) -> bool:
    """Moves the time the mail is due, so that nobody else sends it meanwhile."""
    now = timezone.now()
    mine = Invitation.all_teams.pending().filter(pk=invitation_id, mail_sent_at=None, mail_due_at__lte=now)
    return mine.update(mail_due_at=now + CLAIM) == 1


def _release(invitation: Invitation) -> None:
    """It did not leave, and is tried again; unless a new promise was made meanwhile."""
    now = timezone.now()
    mine = Invitation.all_teams.filter(
        pk=invitation.pk, mail_sent_at=None, mail_due_at=invitation.mail_due_at
    )
    mine.update(mail_due_at=now + max(PAUSE, (now - invitation.promised_at) / PATIENCE))
