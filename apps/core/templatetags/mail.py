"""What mails need in templates."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from apps.core.colours import in_hex, less_chroma, palette

register = template.Library()


@register.simple_tag
@cache
def mail_colours(scheme: str) -> dict[str, str]:
    """The brand's colours in "light" or "dark", as mails write them: mail programs know no variables."""
    found = palette(scheme, None, less_chroma)
    return {name.replace("-", "_"): in_hex(rgb) for name, rgb in found.items()}


@register.filter(is_safe=True)
def paragraphs(text: str) -> SafeString:
    """Text that is escaped already, in paragraphs where a line is empty, with line breaks inside them."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text)]
    lines = [re.sub(r"\s*\n\s*", "<br>", block) for block in blocks if block]
    return mark_safe("".join(f"<p>{block}</p>" for block in lines))  # noqa: S308 - see above


@register.filter
def full_day(moment: datetime | None) -> str:
    """3 December 2026: always with the year, because a mail is read whenever it is read."""
    pattern = pgettext("date format", "j F Y")
    return date_format(timezone.localtime(moment), pattern) if moment else ""


@register.filter
def full_moment(moment: datetime | None) -> str:
    """3 December 2026, 14:05 UTC: for whoever has to lay it beside a log."""
    pattern = pgettext("date format", "j F Y, H:i T")
    return date_format(timezone.localtime(moment), pattern) if moment else ""
