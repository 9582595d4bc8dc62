from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.core.mail import EmailMessage
from django.utils import timezone

from apps.core.emails import message_id, new_message_id
from apps.core.outbox.letters import content_of, storable
from apps.core.outbox.models import OutgoingMail
from apps.core.outbox.tasks import send_outgoing_mail
from apps.core.tasks import enqueue

# A mail that could not be sent for longer is about something that nobody waits for any more.
LASTS = timedelta(days=2)


def post(mail: EmailMessage, *, kind: str, lasts: timedelta = LASTS) -> None:
    """Promise the mail in this transaction: it leaves after the commit, to each of its addresses by itself.

    It is tried again until `lasts` is over: give a mail with a code the time the code is good for. With a
    `promise` (see `render_mail`) the same mail is taken once, however often it is posted.
    """
    content, now = content_of(mail), timezone.now()
    rows = [
        OutgoingMail(
            message_id=_message_id(mail, address),
            kind=kind,
            to=storable(address),
            content=content,
            created_at=now,
            due_at=now,
            expires_at=now + lasts,
        )
        for address in mail.to
    ]
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        enqueue(send_outgoing_mail, row.message_id)


def withdraw(address: str, reason: str) -> None:
    """What waits for them is not sent; staff read why."""
    waiting = OutgoingMail.objects.filter(to=storable(address), sent_at=None, given_up_at=None)
    waiting.update(content=None, given_up_at=timezone.now(), error=reason)


def forget_addresses(addresses: Iterable[str]) -> None:
    """What was sent to them, or waits for them, goes: nobody with these addresses is here any more."""
    OutgoingMail.objects.filter(to__in=[storable(address) for address in addresses]).delete()


def _message_id(mail: EmailMessage, address: str) -> str:
    """Of the promise, if there is one; mails to several addresses are several mails."""
    promised = mail.extra_headers.get("Message-ID")
    if not promised:
        return new_message_id()
    return promised if len(mail.to) == 1 else message_id(f"{promised}:{address}")
