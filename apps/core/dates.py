"""Dates as people say them, in the active time zone: the reader's, or that of whom a mail is for."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def day_text(moment: datetime | None) -> str:
    """3 December, or 3 December 2027 when that is not this year."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    this_year = local.year == timezone.localtime().year
    pattern = pgettext("date format", "j F") if this_year else pgettext("date format", "j F Y")
    return date_format(local, pattern)


def iso_day(moment: datetime | None) -> str:
    """The same day for machines: 2027-12-03."""
    return timezone.localtime(moment).date().isoformat() if moment else ""


def moment_text(moment: datetime) -> str:
    """3 December, 14:05: for what is so near that the hour counts."""
    pattern = pgettext("time format", "H:i")
    return f"{day_text(moment)}, {date_format(timezone.localtime(moment), pattern)}"
