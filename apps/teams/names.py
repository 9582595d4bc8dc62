"""Names as people write them."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from apps.teams.errors import BadName

MAX_NAME = 100
# Zero-width joiners shape letters in several scripts; every other invisible mark only deceives.
JOINERS = "\u200c\u200d"
HIDDEN = ("Cc", "Cf", "Cs", "Co")
# Letters to Unicode, blank to the eye: Hangul fillers and the empty Braille pattern.
BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def tidy_name(raw: str) -> str:
    """`raw` composed (NFC) and with single spaces. BadName if nothing visible or too much remains."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", raw)).strip()
    if any(unicodedata.category(char) in HIDDEN and char not in JOINERS for char in name):
        raise BadName(_("The name contains characters that cannot be seen. Type it again."))
    if not any(_can_be_seen(char) for char in name):
        raise BadName(_("Give the team a name."))
    if len(name) > MAX_NAME:
        raise BadName(_("A name can have %(max)d characters at most.") % {"max": MAX_NAME})
    return name


def _can_be_seen(char: str) -> bool:
    """Letters, digits, signs and emoji; an accent alone is none of them."""
    return unicodedata.category(char)[0] in "LNPS" and char not in BLANK
