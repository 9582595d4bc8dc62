"""Names as people write them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.names import Unreadable, readable
from apps.teams.errors import BadName

MAX_NAME = 100


def tidy_name(raw: str) -> str:
    """`raw` composed (NFC) and with single spaces. BadName if nothing visible or too much remains."""
    try:
        name = readable(raw)
    except Unreadable as refusal:
        raise BadName(refusal.text) from refusal
    if not name:
        raise BadName(_("Give the team a name."))
    if len(name) > MAX_NAME:
        raise BadName(_("A name can have %(max)d characters at most.") % {"max": MAX_NAME})
    return name
