"""The addresses of teams: made of their names, kept for ever, taken by one team only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from typing import Any

from anyascii import anyascii
from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.teams.errors import BadSlug, SlugTaken
from apps.teams.models import Team, TeamSlug
from apps.users.models import CustomUser

MIN_SLUG = 2  # of one that somebody chooses; a team called "C" begins at /a/c/
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


def chosen_slug(raw: str) -> str:
    """An address somebody typed, as it will stand in links. Raises BadSlug; whether it is free is not asked.

    ASCII only: `аcme` with a Cyrillic letter must not pass for another team's `acme`.
    """
    slug = raw.strip()
    if not MIN_SLUG <= len(slug) <= MAX_SLUG or not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug):
        raise BadSlug(
            _(
                "Use %(min)d to %(max)d small letters from a to z, digits and single hyphens,"
                " with a letter or digit at both ends."
            )
            % {"min": MIN_SLUG, "max": MAX_SLUG}
        )
    if slug in RESERVED:
        raise BadSlug(_("“%(slug)s” is kept for the product. Choose another address.") % {"slug": slug})
    return slug


def address_today(former: str, user: CustomUser) -> str | None:
    """Where a team that once had the address `former` is now, if `user` is in it."""
    moved = TeamSlug.all_teams.filter(slug=former, team__memberships__user=user).exclude(team__slug=former)
    return moved.values_list("team__slug", flat=True).first()


@receiver(post_save, sender=Team)
def claim_slug(instance: Team, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """By every door. Raises SlugTaken when another team has, or had, the address."""
    if raw or (update_fields is not None and "slug" not in update_fields):
        return
    claimed, _created = TeamSlug.all_teams.get_or_create(slug=instance.slug, defaults={"team": instance})
    if claimed.team_id != instance.pk:
        raise SlugTaken(instance.slug)
