"""How large a file is, in templates."""

from __future__ import annotations

from django import template

from apps.core.numbers import size_text
from apps.core.templatetags.components import pure

register = template.Library()
register.filter(pure(size_text))
