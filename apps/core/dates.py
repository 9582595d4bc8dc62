"""Dates as people say them, in the active time zone: the reader's, or that of whom a mail is for."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from apps.core.memory import by_language


def day_text(moment: datetime | None) -> str:
    """3 December, or 3 December 2027 when that is not this year."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    return _day(local.date(), local.year == timezone.localtime().year)


@by_language
def _day(day: date, is_this_year: bool) -> str:
    pattern = pgettext("date format", "j F") if is_this_year else pgettext("date format", "j F Y")
    return date_format(day, pattern)


def iso_day(moment: datetime | None) -> str:
    """The same day for machines: 2027-12-03."""
    return timezone.localtime(moment).date().isoformat() if moment else ""


def moment_text(moment: datetime) -> str:
    """3 December, 14:05: for what is so near that the hour counts."""
    pattern = pgettext("time format", "H:i")
    return f"{day_text(moment)}, {date_format(timezone.localtime(moment), pattern)}"
