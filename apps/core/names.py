"""What names are made of, whoever bears them."""

from __future__ import annotations

import re
import unicodedata

# Zero-width joiners shape letters in several scripts; every other invisible mark only deceives.
JOINERS = "\u200c\u200d"
HIDDEN = ("Cc", "Cf", "Cs", "Co")
# Letters to Unicode, blank to the eye: Hangul fillers and the empty Braille pattern.
BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def composed(raw: str) -> str:
    """One spelling (NFC), on one line, with single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", raw)).strip()


def hides_something(name: str) -> bool:
    """Control characters, direction marks and the like: with them a name passes for another."""
    return any(unicodedata.category(char) in HIDDEN and char not in JOINERS for char in name)


def can_be_seen(name: str) -> bool:
    """A letter, digit, sign or emoji is in it; an accent alone is none of them."""
    return any(unicodedata.category(char)[0] in "LNPS" and char not in BLANK for char in name)
