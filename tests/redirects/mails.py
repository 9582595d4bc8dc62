"""A mail as a whole: whoever reads it may see its text, its HTML, or what their program makes of its head."""

from __future__ import annotations

from html import unescape
from typing import Any


def said_in(mail: Any) -> list[str]:
    pages = [unescape(str(content)) for content, _kind in mail.alternatives]
    return [mail.body, *pages, *head_of(mail)]


def head_of(mail: Any) -> list[str]:
    """As the product told it: whoever sends it would fold it first."""
    people = (*mail.to, *mail.cc, *mail.bcc, *mail.reply_to)
    return [str(value) for value in (mail.subject, mail.from_email, *people, *mail.extra_headers.values())]
