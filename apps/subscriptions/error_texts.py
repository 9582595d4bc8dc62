"""Errors as they are kept in rows, for staff to read and for mails to quote."""

from __future__ import annotations

import traceback

from apps.core.log_scrub import scrub
from apps.subscriptions.stripe_values import storable

LONGEST = 10_000


def clean_error(text: str) -> str:
    """Without secrets and addresses, as in a log, and without characters that PostgreSQL refuses."""
    cleaned: str = storable(scrub(text))
    return cleaned


def clean_traceback(error: BaseException) -> str:
    """Its end, which says what happened."""
    return clean_error("".join(traceback.format_exception(error))[-LONGEST:])
