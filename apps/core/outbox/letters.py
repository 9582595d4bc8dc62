"""A mail as a row keeps it, and the mail made of it again."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives

from apps.core.outbox.models import OutgoingMail


def content_of(mail: EmailMessage) -> dict[str, Any]:
    """Everything but the address. Rows are no place for files: a mail with one attached is refused."""
    if mail.attachments or mail.cc or mail.bcc:
        raise ValueError("The outbox takes mails to one address each, without attachments.")
    html = [part.content for part in getattr(mail, "alternatives", []) if part.mimetype == "text/html"]
    return {
        "subject": storable(str(mail.subject)),
        "text": storable(str(mail.body)),
        "html": storable(str(html[0])) if html else "",
        "from": mail.from_email,
        "reply_to": list(mail.reply_to),
        "headers": {name: storable(str(value)) for name, value in mail.extra_headers.items()},
    }


def mail_of(row: OutgoingMail) -> EmailMessage:
    """Of a row that still has its content."""
    found: dict[str, Any] = row.content or {}
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


def storable(text: str) -> str:
    """Visitors choose some of the words: a NUL, or half a pair of surrogates, no database takes as JSON."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
