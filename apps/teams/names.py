"""Names as people write them."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from apps.teams.errors import BadName

MAX_NAME = 100
# Zero-width joiners shape letters in several scripts; every other invisible mark only deceives.
JOINERS = "\u200c\u200d"


def tidy_name(raw: str) -> str:
    """`raw` composed (NFC) and with single spaces. BadName if nothing visible or too much remains."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", raw)).strip()
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") for char in name if char not in JOINERS):
        raise BadName(_("The name contains characters that cannot be seen. Type it again."))
    if not name.strip(JOINERS):
        raise BadName(_("Give the team a name."))
    if len(name) > MAX_NAME:
        raise BadName(_("A name can have %(max)d characters at most.") % {"max": MAX_NAME})
    return name
