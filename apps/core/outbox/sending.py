"""Sending what waits in the outbox: each mail once, and none that came too late to be of use.

Sent, then noted: who is killed between the two leaves a mail that is sent again, with the same Message-ID.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, QuerySet
from django.utils import timezone

from apps.core.log_scrub import scrub
from apps.core.mail_server import AT_ONCE, CLAIM, PAUSE, is_final, send_each
from apps.core.outbox.letters import mail_of
from apps.core.outbox.models import OutgoingMail

logger = logging.getLogger(__name__)

DOUBLINGS = 4  # the pause between attempts grows up to 16 minutes
TOO_LATE = "It could not be sent in time."


def send(message_id: str) -> bool:
    """True if the mail left now. Whatever goes wrong leaves the row for the sweeper; nothing is raised."""
    return send_each([message_id], _deliver) == 1


def send_waiting() -> int:
    """Sends what is due, what expires first at the head; returns how many left."""
    due = waiting().filter(due_at__lte=timezone.now()).order_by("expires_at")
    return send_each(list(due.values_list("message_id", flat=True)[:AT_ONCE]), _deliver)


def waiting() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(sent_at=None, given_up_at=None)


def _deliver(message_id: str, server: BaseEmailBackend) -> bool:
    """Raises what the mail server's backend raises."""
    if not _claim(message_id):
        return False
    row = OutgoingMail.objects.get(message_id=message_id)
    if row.expires_at <= timezone.now():
        _give_up(row, row.error or TOO_LATE)
        return False
    try:
        mail = mail_of(row)
        server.open()
        server.send_messages([mail])
    except Exception as error:
        _put_back(row, error)
        raise
    _close(row, sent_at=timezone.now())
    return True


def _claim(message_id: str) -> bool:
    """Moves the time it is due, so that nobody else sends it meanwhile. Whoever dies has tried, too."""
    now = timezone.now()
    mine = waiting().filter(message_id=message_id, due_at__lte=now)
    return mine.update(due_at=now + CLAIM, attempts=F("attempts") + 1) == 1


def _put_back(row: OutgoingMail, error: Exception) -> None:
    told = scrub(f"{type(error).__name__}: {error}")[:300]
    if is_final(error):
        _give_up(row, told)
        return
    later = timezone.now() + PAUSE * 2 ** min(row.attempts - 1, DOUBLINGS)
    OutgoingMail.objects.filter(pk=row.pk).update(due_at=later, error=told)


def _give_up(row: OutgoingMail, error: str) -> None:
    logger.error("Mail %s is given up after %s attempts: %s", row, row.attempts, error)
    _close(row, given_up_at=timezone.now(), error=error)


def _close(row: OutgoingMail, **outcome: datetime | str) -> None:
    """It is over: its words go."""
    OutgoingMail.objects.filter(pk=row.pk).update(content=None, **outcome)
