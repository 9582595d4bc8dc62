"""What names are made of, whoever bears them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from apps.core.errors import Refused

# Zero-width joiners shape letters in several scripts; every other invisible mark only deceives.
JOINERS = "\u200c\u200d"
HIDDEN = ("Cc", "Cf", "Cs", "Co")
# Letters to Unicode, blank to the eye: Hangul fillers and the empty Braille pattern.
BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def composed(raw: str) -> str:
    """One spelling (NFC), on one line, with single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", raw)).strip()


class Unreadable(Refused):
    """The name passes for another, or shows as nothing."""

    def __init__(self) -> None:
        super().__init__(_("The name contains characters that cannot be seen. Type it again."))


def readable(raw: str) -> str:
    """`raw` composed. Raises Unreadable; whether there has to be a name at all is for the caller to say."""
    name = composed(raw)
    if name and not is_readable(name):
        raise Unreadable
    return name


class NameIsReadable:
    """Mixin for a form with a field `name`."""

    cleaned_data: dict[str, Any]

    def clean_name(self) -> str:
        try:
            return readable(self.cleaned_data["name"])
        except Unreadable as refusal:
            raise forms.ValidationError(refusal.text) from refusal


def is_readable(name: str) -> bool:
    return _can_be_seen(name) and not _hides_something(name)


def _hides_something(name: str) -> bool:
    """Control characters, direction marks and the like: with them a name passes for another."""
    return any(unicodedata.category(char) in HIDDEN and char not in JOINERS for char in name)


def _can_be_seen(name: str) -> bool:
    """A letter, digit, sign or emoji is in it; an accent alone is none of them."""
    return any(unicodedata.category(char)[0] in "LNPS" and char not in BLANK for char in name)
