"""The mails that Django sends to ADMINS by itself: when a request broke, as clean as a line of the log."""

from __future__ import annotations

import logging
from typing import Any

from django.utils.log import AdminEmailHandler

from apps.core.log_scrub import scrub


class Broke(logging.Filter):
    """A handler's filter: only what raised, and nothing that a visitor's request is refused for.

    Anybody can send a wrong Host or too large a body, and each mail costs its request a mail server. A 503
    that a page chose, such as readiness, is asked for every few seconds.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info) and not record.name.startswith("django.security")


class AdminMailHandler(AdminEmailHandler):
    """Django writes the form, the query and the settings into it: passwords, tokens, addresses."""

    def send_mail(self, subject: Any, message: Any, *args: Any, **kwargs: Any) -> None:
        super().send_mail(scrub(str(subject)), scrub(str(message)), *args, **kwargs)
