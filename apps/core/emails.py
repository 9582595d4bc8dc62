"""Mails from templates: one file holds all words of a mail, and is rendered as subject, text and HTML.

Such a file extends `layout` and fills the blocks `subject`, `preview` (the line an inbox shows), `heading`,
`words` (paragraphs, separated by blank lines), `action_label` (the button to `action_url`) and `foot`.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from apps.core.addresses import absolute_url

SIGNATURE = "-- "
# Nobody's holiday answers to these (RFC 3834; the second is Exchange's own word for it).
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
# One would end the header. The blanks French has before a colon and a question mark stay.
LINE_BREAKS = re.compile(r"[^\S\u00a0\u202f]+")


def render_mail(
    template: str, context: Mapping[str, Any], *, to: Sequence[str], promise: str = ""
) -> EmailMultiAlternatives:
    """The mail, in the language and time zone that are active.

    `promise` names what it is the mail for: should it leave twice, it is the same mail, see `message_id`.
    """
    project = {"PROJECT_NAME": settings.PROJECT_NAME, "site_url": absolute_url("/"), **context}

    def render(layout: str) -> str:
        return render_to_string(template, {**project, "layout": f"emails/layouts/{layout}"})

    subject = LINE_BREAKS.sub(" ", render("subject.txt").strip())
    mail = EmailMultiAlternatives(subject, _tidy(render("text.txt")), to=list(to))
    mail.attach_alternative(render("page.html"), "text/html")
    mail.reply_to = _answers_to()
    mail.extra_headers = {
        "Message-ID": message_id(promise) if promise else new_message_id(),
        **AUTOMATIC,
    }
    return mail


def _answers_to() -> list[str]:
    """Where an answer reaches somebody, if that is not where the mail comes from."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return [] if sender == settings.CONTACT_EMAIL else [settings.CONTACT_EMAIL]


def message_id(promise: str) -> str:
    """The same for the same promise. Who dies between sending a mail and noting it leaves it to be sent
    again: mailboxes and ticket systems take two mails with one Message-ID (RFC 5322, 3.6.4) for one.
    """
    digest = hashlib.sha256(promise.encode()).hexdigest()[:32]
    return f"<{digest}@{settings.SITE_DOMAIN.partition(':')[0]}>"


def new_message_id() -> str:
    """Of a mail that nothing but itself is the reason of."""
    return message_id(uuid.uuid4().hex)


def _tidy(text: str) -> str:
    """Without the indentation and empty lines that tags leave behind; signed with the project's name."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    paragraphs = re.sub(r"\n{3,}", "\n\n", lines).strip()
    return f"{paragraphs}\n\n{SIGNATURE}\n{settings.PROJECT_NAME}\n"
