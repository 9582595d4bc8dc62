"""Names as people write them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.names import can_be_seen, composed, hides_something
from apps.teams.errors import BadName

MAX_NAME = 100


def tidy_name(raw: str) -> str:
    """`raw` composed (NFC) and with single spaces. BadName if nothing visible or too much remains."""
    name = composed(raw)
    if hides_something(name):
        raise BadName(_("The name contains characters that cannot be seen. Type it again."))
    if not can_be_seen(name):
        raise BadName(_("Give the team a name."))
    if len(name) > MAX_NAME:
        raise BadName(_("A name can have %(max)d characters at most.") % {"max": MAX_NAME})
    return name
