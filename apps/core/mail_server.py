"""What all who send mail from rows have in common: how long one is theirs, and whom an error is about."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import TypeVar

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)

# How long whoever sends has a row for themselves: longer than any task lives. After that, they are dead.
CLAIM = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)
# What did not leave is tried again after this, at the earliest.
PAUSE = timedelta(minutes=1)
AT_ONCE = 500  # mails a sweep

# What a provider answers to one mail it dislikes. 401, 403 and 429 are about all of them.
ABOUT_ONE_MAIL = {400, 406, 413, 415, 422}

Key = TypeVar("Key")


def send_each(keys: Iterable[Key], deliver: Callable[[Key, BaseEmailBackend], bool]) -> int:
    """How many left, over one connection. Nothing is raised.

    With the mail server away one attempt is enough for now; a mail that is refused stops no other.
    """
    sent, server = 0, get_connection()
    try:
        for key in keys:
            try:
                sent += deliver(key, server)
            except Exception as error:
                logger.exception("Mail %s did not leave, it is tried again", key)
                if is_away(error):
                    break
    finally:
        _close(server)
    return sent


def _close(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except OSError:  # it was gone before we said goodbye
        logger.info("The mail server closed the connection by itself")


def is_away(error: Exception) -> bool:
    """Is it about the mail server (refused connections, time-outs, a wrong password), not about one mail?

    Django's backends raise what smtplib does, which is an OSError; anymail's an AnymailAPIError, with the
    provider's status if it answered. Anymail is not imported: most sites do without.
    """
    if isinstance(error, SMTPRecipientsRefused | SMTPDataError):
        return False
    if _is_anymails(error, "AnymailAPIError"):
        return getattr(error, "status_code", None) not in ABOUT_ONE_MAIL
    return isinstance(error, OSError)


def is_final(error: Exception) -> bool:
    """Would it be refused tomorrow, too? No such mailbox, or no address at all."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, ValueError) or _is_anymails(error, "AnymailRecipientsRefused")


def _is_anymails(error: Exception, name: str) -> bool:
    return any(kind.__name__ == name for kind in type(error).__mro__)
