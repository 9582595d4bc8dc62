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


def waiting_invitations() -> list[UUID]:
    """Invitations that could be accepted, but whose mail is due and has not left."""
    due = Invitation.objects.pending().filter(mail_sent_at=None, mail_due_at__lte=timezone.now())
    return list(due.order_by("mail_due_at").values_list("pk", flat=True))


def send(invitation_id: UUID | str) -> bool:
    """True if the mail left now. A mail server that fails leaves the row for the sweeper."""
    if not _claim(invitation_id):
        return False
    invitation = Invitation.objects.select_related("team", "invited_by").get(pk=invitation_id)
    try:
        invitation_mail(invitation).send()
    except OSError:  # refused connections, time-outs and every error of smtplib
        logger.exception("Invitation mail %s did not leave, the sweeper tries again", invitation_id)
        return False
    Invitation.objects.filter(pk=invitation_id, mail_due_at=invitation.mail_due_at).update(
        mail_sent_at=timezone.now()
    )
    return True


def _claim(invitation_id: UUID | str) -> bool:
    now = timezone.now()
    mine = Invitation.objects.pending().filter(pk=invitation_id, mail_sent_at=None, mail_due_at__lte=now)
    return mine.update(mail_due_at=now + CLAIM) == 1
