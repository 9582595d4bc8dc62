"""What a team looks like. A file and a row cannot change together, so the order says who wins.

First the new file, then the row, then - after the commit - the old file goes. Whatever fails, the row names a
file that is there.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from apps.core.audit import record
from apps.core.images import clean_image
from apps.teams.errors import LogoNotKept
from apps.teams.locks import lock_team
from apps.teams.models import Team
from apps.teams.roles import Permission
from apps.teams.services.authority import require_permission
from apps.users.models import CustomUser

logger = logging.getLogger(__name__)


def set_logo(team: Team, upload: IO[bytes], *, by: CustomUser) -> Team:
    """Raises NotAllowed, BadImage, or LogoNotKept when the storage is away."""
    require_permission(team, by, Permission.MANAGE_SETTINGS)
    name = _store(clean_image(upload))
    try:
        return _replace(team, name, by=by)
    except BaseException:
        _discard(name)
        raise


def remove_logo(team: Team, *, by: CustomUser) -> Team:
    """Back to the first letter of the name. Raises NotAllowed."""
    return _replace(team, "", by=by)


@transaction.atomic
def take_logo_down(team: Team, *, by: CustomUser) -> bool:
    """For staff: a picture that nobody should have to see. False if there is none."""
    locked = lock_team(team.pk)
    had_one = bool(locked.logo)
    _put(locked, "", by=by)
    return had_one


@transaction.atomic
def _replace(team: Team, name: str, *, by: CustomUser) -> Team:
    locked = lock_team(team.pk)
    require_permission(locked, by, Permission.MANAGE_SETTINGS)
    _put(locked, name, by=by)
    return locked


def _put(locked: Team, name: str, *, by: CustomUser) -> None:
    before, locked.logo = locked.logo.name or "", name
    if name != before:
        locked.save(update_fields=["logo"])
        record("team.logo_changed" if name else "team.logo_removed", actor=by, target=locked, holder=locked)
        transaction.on_commit(partial(_discard, before))


def _store(picture: ContentFile) -> str:
    field = Team._meta.get_field("logo")
    try:
        return field.storage.save(field.generate_filename(Team(), str(picture.name)), picture)
    except Exception as error:  # each storage has failures of its own kind
        logger.exception("A logo could not be stored")
        raise LogoNotKept from error


def _discard(name: str) -> None:
    """A file that stays behind harms nobody: nobody knows its name."""
    if not name:
        return
    try:
        Team._meta.get_field("logo").storage.delete(name)
    except Exception:
        logger.exception("An old logo could not be deleted")


@receiver(post_delete, sender=Team)
def forget_logo(instance: Team, **kwargs: Any) -> None:
    transaction.on_commit(partial(_discard, instance.logo.name or ""))
