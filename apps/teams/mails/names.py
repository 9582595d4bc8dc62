"""How people and teams are called in mails: names that strangers chose."""

from __future__ import annotations

import re
import unicodedata

from apps.core.names import JOINERS
from apps.users.models import CustomUser

LONGEST_NAME = 80


def called(person: CustomUser) -> str:
    """By name in a mail, else by address."""
    return harmless(person.name) or person.email


def harmless(name: str) -> str:
    """A name that a stranger chose, fit for a mail: one line, nothing hidden, nothing a reader could click.

    Mail programs make links of whatever looks like one, so `evil.example` becomes `evil. example`; a name
    with initials reads as before.
    """
    seen = "".join(
        char for char in name if char in JOINERS or unicodedata.category(char)[0] != "C" or char.isspace()
    )
    unlinked = re.sub(r"(?<=\S)([.。．｡])(?=[^\W\d_])", r"\1 ", seen)
    unlinked = re.sub(r":(?=//)|(?<=\S)@(?=\S)", r"\g<0> ", unlinked)
    line = " ".join(unlinked.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"
