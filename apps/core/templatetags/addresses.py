from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from apps.core.templatetags.components import pure

register = template.Library()


@register.filter
@pure
def breakable(address: str) -> SafeString:
    """An address that breaks after an @ or a dot, and not in a word, where it is too long for its line."""
    return mark_safe(re.sub(r"([@.])(?=.)", r"\1<wbr>", conditional_escape(address)))  # noqa: S308 - escaped
