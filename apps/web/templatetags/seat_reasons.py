"""Why the number of seats changed, in words."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

REASONS: dict[str, str | Promise] = {
    "joined": _("Somebody joined"),
    "left": _("Somebody left"),
    "removed": _("Somebody was removed"),
    "deactivated": _("An account was switched off"),
    "reactivated": _("An account was switched on again"),
}


@register.filter
def seat_reason(reason: str) -> str | Promise:
    """The reason itself when it has no words yet."""
    return REASONS.get(reason, reason)
