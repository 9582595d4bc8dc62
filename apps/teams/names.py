"""Names as people write them, and the addresses made of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

from anyascii import anyascii
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.teams.errors import BadName
from apps.teams.models import Team

MAX_NAME = 100
MAX_SLUG = 50  # leaves room for "-2", "-3" within the column
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


def slug_for(name: str) -> str:
    """An address in ASCII for a name of any script."""
    return slugify(anyascii(unicodedata.normalize("NFC", name)))[:MAX_SLUG].strip("-") or "team"


def slugs_for(name: str) -> Iterator[str]:
    """The addresses to try, best first: acme, acme-2, acme-3, skipping those taken right now."""
    base = slug_for(name)
    alike = Team.objects.filter(Q(slug=base) | Q(slug__startswith=f"{base}-"))
    taken = set(alike.values_list("slug", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in count(1))
    return (slug for slug in candidates if slug not in taken)
