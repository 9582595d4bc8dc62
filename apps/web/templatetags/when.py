"""Dates as people say them: with the year only when it is not this one, in the reader's time zone."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from apps.core.dates import day_text, iso_day, moment_text

register = template.Library()
register.filter(day_text)
register.filter(iso_day)
register.filter(moment_text)


@register.filter
def day(moment: datetime | None) -> str | SafeString:
    """The same inside a `time` element."""
    if not moment:
        return ""
    return _time_element(moment, day_text(moment))


@register.filter
def ago(moment: datetime | None) -> str | SafeString:
    """How long ago, within a day; then the date."""
    if not moment:
        return ""
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 60:
        text = _("just now")
    elif seconds < 24 * 3600:
        text = _("%(span)s ago") % {"span": timesince(moment, depth=1)}
    else:
        text = day_text(moment)
    return _time_element(moment, text)


def _time_element(moment: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(moment).isoformat(), text)
