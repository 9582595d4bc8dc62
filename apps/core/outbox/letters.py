"""A mail as a row keeps it, and the mail made of it again."""

from __future__ import annotations

import json
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives

from apps.core.outbox.models import OutgoingMail
from apps.core.seals import Seals

_seals = Seals(b"mails that wait")


def content_of(mail: EmailMessage) -> str:
    """Everything but the address, sealed: a copy of the table opens no link and tells no code.

    Rows are no place for files: a mail with one attached is refused.
    """
    if mail.attachments or mail.cc or mail.bcc:
        raise ValueError("The outbox takes mails to one address each, without attachments.")
    html = [part.content for part in getattr(mail, "alternatives", []) if part.mimetype == "text/html"]
    content = {
        "subject": storable(str(mail.subject)),
        "text": storable(str(mail.body)),
        "html": storable(str(html[0])) if html else "",
        "from": mail.from_email,
        "reply_to": list(mail.reply_to),
        "headers": {name: storable(str(value)) for name, value in mail.extra_headers.items()},
    }
    return _seals.seal(json.dumps(content))


def mail_of(row: OutgoingMail) -> EmailMessage:
    """Of a row that still has its content. Raises CannotOpen."""
    found = _opened(row)
    mail = EmailMultiAlternatives(
        found["subject"],
        found["text"],
        from_email=found["from"],
        to=[row.to],
        reply_to=found["reply_to"],
        headers={**found["headers"], "Message-ID": row.message_id},
    )
    if found["html"]:
        mail.attach_alternative(found["html"], "text/html")
    return mail


def sealed_anew(row: OutgoingMail) -> str:
    """Its content, sealed with today's key. Raises CannotOpen."""
    return _seals.seal(json.dumps(_opened(row)))


def _opened(row: OutgoingMail) -> dict[str, Any]:
    """What was written before there were seals is no text, and as it was."""
    if not isinstance(row.content, str):
        return row.content or {}
    found: dict[str, Any] = json.loads(_seals.unseal(row.content))
    return found


def storable(text: str) -> str:
    """Visitors choose some of the words: a NUL, or half a pair of surrogates, no database takes as JSON."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
