"""The addresses of teams: made of their names, kept for ever, taken by one team only."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import count
from typing import Any

from anyascii import anyascii
from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.text import slugify

from apps.teams.errors import SlugTaken
from apps.teams.models import Team, TeamSlug

MAX_SLUG = 50  # leaves room for "-2", "-3" within the column
# Words that a page, a subdomain or a support address of the product may want one day.
RESERVED = frozenset(
    "a about accounts admin api app assets auth billing blog create dashboard docs email health help home"
    " invitations legal login logout mail media new null pricing privacy root security settings signup"
    " static status stripe support system terms undefined user users www".split()
)


def slug_for(name: str) -> str:
    """An address in ASCII for a name of any script."""
    return slugify(anyascii(unicodedata.normalize("NFC", name)))[:MAX_SLUG].strip("-") or "team"


def slugs_for(name: str) -> Iterator[str]:
    """The addresses to try, best first: acme, acme-2, acme-3, skipping those taken right now or reserved."""
    base = slug_for(name)
    alike = TeamSlug.all_teams.filter(Q(slug=base) | Q(slug__startswith=f"{base}-"))
    taken = RESERVED.union(alike.values_list("slug", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in count(1))
    return (slug for slug in candidates if slug not in taken)


@receiver(post_save, sender=Team)
def claim_slug(instance: Team, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """By every door. Raises SlugTaken when another team has, or had, the address."""
    if raw or (update_fields is not None and "slug" not in update_fields):
        return
    claimed, _created = TeamSlug.all_teams.get_or_create(slug=instance.slug, defaults={"team": instance})
    if claimed.team_id != instance.pk:
        raise SlugTaken(instance.slug)
