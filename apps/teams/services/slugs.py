"""Where a team lives. Links in mails, bookmarks and at Stripe carry an address, so none is given away."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.audit import record
from apps.core.models import AuditEntry
from apps.teams.errors import MovedTooOften, SlugTaken
from apps.teams.locks import lock_team
from apps.teams.models import Team, TeamSlug
from apps.teams.roles import Permission
from apps.teams.services.authority import require_permission
from apps.teams.slugs import chosen_slug
from apps.users.models import CustomUser

MOVED = "team.address_changed"
# Every change keeps an address for ever; this many within a day are enough for any honest team.
CHANGES = 5
PERIOD = timedelta(days=1)


@transaction.atomic
def change_slug(team: Team, slug: str, *, by: CustomUser) -> Team:
    """The team moves to `slug`; its former addresses lead there from now on. It may take one of them back.

    Raises NotAllowed, BadSlug, SlugTaken or MovedTooOften.
    """
    locked = lock_team(team.pk)
    require_permission(locked, by, Permission.MANAGE_SETTINGS)
    before, after = locked.slug, chosen_slug(slug)
    if after == before:
        return locked
    _require_free(locked, after)
    _require_changes_left(locked)
    _move(locked, after)
    record(MOVED, actor=by, target=locked, before={"slug": before}, after={"slug": after}, holder=locked)
    return locked


def _require_free(team: Team, slug: str) -> None:
    if TeamSlug.all_teams.filter(slug=slug).exclude(team=team).exists():
        raise SlugTaken(slug)


def _require_changes_left(team: Team) -> None:
    moves = AuditEntry.objects.filter(holder_id=team.pk, action=MOVED, at__gt=timezone.now() - PERIOD)
    changes = moves.order_by("-at")[:CHANGES]
    if len(changes) == CHANGES:
        raise MovedTooOften(CHANGES, changes[CHANGES - 1].at + PERIOD)


def _move(team: Team, slug: str) -> None:
    """The unique indexes decide between two teams that reach for one address in the same instant."""
    team.slug = slug
    try:
        with transaction.atomic():
            team.save(update_fields=["slug"])
    except IntegrityError as error:
        raise SlugTaken(slug) from error
