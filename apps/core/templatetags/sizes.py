"""How large a file is, in templates."""

from __future__ import annotations

from django import template

from apps.core.numbers import size_text

register = template.Library()
register.filter(size_text)
