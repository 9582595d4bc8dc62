"""Sending what waits. An invitation's row is the promise of its mail; a mail leaves once per promise."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from apps.teams.emails import invitation_mail
from apps.teams.models import Invitation

logger = logging.getLogger(__name__)

# How long whoever sends has the row for themselves; if they die, the sweeper tries again after that.
CLAIM = timedelta(minutes=1)


def send(invitation_id: UUID | str) -> bool:
    """True if the mail left now. A mail server that fails leaves the row for the sweeper."""
    try:
        return _deliver(invitation_id)
    except OSError:  # refused connections, time-outs and every error of smtplib
        logger.exception("Invitation mail %s did not leave, the sweeper tries again", invitation_id)
        return False


def send_waiting() -> int:
    """Sends what is due; returns how many left. With the mail server away, one attempt is enough for now."""
    sent = 0
    for invitation_id in _waiting():
        try:
            sent += _deliver(invitation_id)
        except OSError:
            logger.exception("Mail server is away, invitations wait")
            break
    return sent


def _waiting() -> list[UUID]:
    """Invitations that could be accepted, but whose mail is due and has not left."""
    due = Invitation.all_teams.pending().filter(mail_sent_at=None, mail_due_at__lte=timezone.now())
    return list(due.order_by("mail_due_at").values_list("pk", flat=True))


def _deliver(invitation_id: UUID | str) -> bool:
    """Raises OSError when the mail did not leave."""
    if not _claim(invitation_id):
        return False
    invitation = Invitation.all_teams.select_related("team", "invited_by").get(pk=invitation_id)
    invitation_mail(invitation).send()
    # Sent again meanwhile by somebody's click? Then that promise stays open.
    promise = Invitation.all_teams.filter(pk=invitation_id, mail_due_at=invitation.mail_due_at)
    promise.update(mail_sent_at=timezone.now())
    return True


def _claim(invitation_id: UUID | str) -> bool:
    now = timezone.now()
    mine = Invitation.all_teams.pending().filter(pk=invitation_id, mail_sent_at=None, mail_due_at__lte=now)
    return mine.update(mail_due_at=now + CLAIM) == 1
