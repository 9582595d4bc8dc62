from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ADDRESS = re.compile(r"https?://[^\s<>\"']+")


@register.filter
def web_links(text: str) -> SafeString:
    """Text with its web addresses clickable. Unlike `urlize` it leaves mail addresses alone: in a list of
    mails, the one link people look for is the one to open.
    """
    # Escaped first; an address in it can hold no quote or angle bracket.
    return mark_safe(ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(text)))  # noqa: S308
