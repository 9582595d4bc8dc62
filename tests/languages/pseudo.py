"""A language made up for tests: every text of ours, Django's and allauth's in brackets.

It goes by the name of British English, which Django and babel know and nobody here speaks: its formats hold
no words. What a page shows outside brackets has not gone through a catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import allauth
import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings

CODE, FOLDER = "en-gb", "en_GB"
OPEN, CLOSE = "⟦", "⟧"
FORMATS = ("date format", "time format")  # what computers read
TheirText = str | tuple[str, ...] | list[str]


def build(folder: Path) -> None:
    """A `locale` folder with that language in it."""
    made = Catalog(locale=FOLDER)
    for message in _messages():
        context = message.context.decode() if isinstance(message.context, bytes) else message.context
        if message.id and context not in FORMATS:
            made.add(message.id, _bracketed(message.id), context=context)
    target = folder / FOLDER / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, made)


def _bracketed(text: TheirText) -> str | tuple[str, ...]:
    if isinstance(text, str):
        return f"{OPEN}{text}{CLOSE}"
    return tuple(f"{OPEN}{form}{CLOSE}" for form in text)


def _messages() -> Iterator:
    for path in _theirs():
        with path.open("rb") as file:
            yield from read_mo(file)
    with (settings.BASE_DIR / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        yield from read_po(file)


def _theirs() -> Iterator[Path]:
    """Django's and allauth's texts, as their French catalogues list them."""
    for package in (django, allauth):
        yield from sorted(Path(package.__file__).parent.rglob("locale/fr/LC_MESSAGES/django.mo"))
