"""Dates as people say them: with the year only when it is not this one, in the reader's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from apps.core.dates import day_text, iso_day, moment_text
from apps.core.memory import by_language
from apps.core.templatetags.components import pure

register = template.Library()
register.filter(pure(day_text))
register.filter(pure(iso_day))
register.filter(pure(moment_text))


@register.filter
@pure
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
    text = _so_long_ago(int(seconds // 60)) if seconds < 24 * 3600 else day_text(moment)
    return _time_element(moment, text)


@by_language
def _so_long_ago(minutes: int) -> str:
    if minutes < 1:
        return _("just now")
    now = timezone.now()
    return _("%(span)s ago") % {"span": timesince(now - timedelta(minutes=minutes), now, depth=1)}


def _time_element(moment: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(moment).isoformat(), text)
