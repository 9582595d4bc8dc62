"""Mail that never leaves this machine, and reading it: for laptops and demonstrations."""

from __future__ import annotations

import mailbox
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file
from email.message import EmailMessage as Message
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MaildirBackend(BaseEmailBackend):
    """Puts each mail as one file into the Maildir at `settings.MAIL_DIR`, safe for several processes."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        maildir = _maildir()
        for email in email_messages:
            maildir.add(email.message().as_bytes())
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class LocalMail:
    to: str
    subject: str
    text: str
    html: str
    at: datetime


def local_mails(limit: int = 200) -> list[LocalMail]:
    """What was sent on this machine, newest first."""
    files = sorted((Path(settings.MAIL_DIR) / "new").glob("*"), key=_arrival, reverse=True)
    return [_read(path) for path in islice(files, limit)]


def _arrival(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _read(path: Path) -> LocalMail:
    with path.open("rb") as file:
        message = cast(Message, message_from_binary_file(file, policy=modern))
    return LocalMail(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        at=_date(message),
    )


def _body(message: Message, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""


def _date(message: Message) -> datetime:
    return parsedate_to_datetime(str(message["Date"])).astimezone(UTC)


def _maildir() -> mailbox.Maildir:
    """Its three folders are made: the class does that only where there is no folder at all."""
    path = Path(settings.MAIL_DIR)
    for name in ("tmp", "new", "cur"):
        (path / name).mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(path)
