"""What an e-mail address may be, at every door that takes one, and the one spelling it is kept in.

Two addresses that look alike would be two people. Refused is therefore what cannot be seen, and a word that
mixes letters of alphabets which look alike. A word that is wholly of another alphabet passes, even if all its
letters have twins: to tell such a domain from an honest one takes a list of all known domains.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.encoding import punycode
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.names import BLANK

logger = logging.getLogger(__name__)

MAX_LENGTH = 254  # what the columns hold; validate_email alone lets 320 through
# Alphabets that are written together, as Unicode's own rules for names have it (UTS 39, highly restrictive).
TOGETHER = [
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
]
# Marks that choose the shape of the letter before them, or join two, and show nothing by themselves.
UNSEEN_MARKS = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class Flaw(StrEnum):
    HIDDEN = "hidden_characters"
    TOO_LONG = "too_long"
    MIXED = "mixed_alphabets"
    NOT_MAILABLE = "not_mailable"
    INVALID = "invalid"


SENTENCES: dict[Flaw, str | Promise] = {
    Flaw.HIDDEN: _("The address contains characters that cannot be seen. Type it again."),
    Flaw.TOO_LONG: _("That is too long for an email address."),
    Flaw.MIXED: _("The address mixes alphabets whose letters look alike. Type it again on one keyboard."),
    Flaw.NOT_MAILABLE: _(
        "No mail gets there: before the @ only letters without accents are possible. Use another address."
    ),
    Flaw.INVALID: _("That is not an email address. Check it: it looks like ada@example.com."),
}


def normal_email(address: str) -> str:
    """The one spelling an address is stored and compared in: no spaces around it, lower case.

    A domain with letters of other scripts has many spellings, one of them in ASCII. It is kept as people
    read it, by the rules (IDNA 2003) by which Django finds the server when it sends: whoever an address is
    compared with gets the mail. Never raises.
    """
    spelled = address.strip().lower()
    name, at, domain = spelled.rpartition("@")
    if domain.isascii() and "xn--" not in domain:
        return spelled
    try:
        read = punycode(domain).encode().decode("idna")
    except UnicodeError:
        return spelled
    # A letter that stands for a blank and a mark is of no domain, and would be another one the next time.
    return spelled if any(char.isspace() for char in read) else f"{name}{at}{read}"


def flaw_of(raw: str) -> Flaw | None:
    """Why an address as it was typed is refused; None if mail can be sent there."""
    typed = raw.strip()
    if any(hidden(char) for char in typed):
        return Flaw.HIDDEN
    if len(typed) > MAX_LENGTH:
        return Flaw.TOO_LONG
    address = normal_email(typed)
    name, _at, domain = address.rpartition("@")
    if any(_mixes_alphabets(label) for label in [name, *domain.split(".")]):
        return Flaw.MIXED
    if name and domain and "@" not in name and not name.isascii():
        return Flaw.NOT_MAILABLE
    return None if _is_address(address) else Flaw.INVALID


def hidden(char: str) -> bool:
    """Control characters, direction marks, fillers and the like: there, but not to be seen."""
    category = unicodedata.category(char)
    return (
        category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        or char in BLANK
        or (category == "Zs" and char != " ")
        or bool(UNSEEN_MARKS.match(char))
    )


def validate_address(raw: str) -> None:
    """For fields: a ValidationError with the sentence."""
    if flaw := flaw_of(raw):
        logger.info("Address refused: %s", flaw)  # what is wrong with it; never the address
        raise ValidationError(SENTENCES[flaw], code=flaw)


def _mixes_alphabets(label: str) -> bool:
    alphabets = {_alphabet(char) for char in unicodedata.normalize("NFKC", label) if char.isalpha()}
    return len(alphabets) > 1 and not any(alphabets <= group for group in TOGETHER)


def _alphabet(letter: str) -> str:
    """The first word of its name, which is the script's: CYRILLIC SMALL LETTER A."""
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0].partition("-")[0]


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


class AddressFormField(forms.EmailField):
    default_validators: list[Callable[[Any], None]] = [validate_address]

    def clean(self, value: Any) -> Any:
        """In the one spelling."""
        return normal_email(super().clean(value) or "")


class AddressField(models.EmailField):
    """Django's, for migrations too; only what it takes is decided here."""

    default_validators: list[Callable[[Any], None]] = [validate_address]

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressFormField, **kwargs})
