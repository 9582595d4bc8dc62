"""What a team looks like."""

from __future__ import annotations

from typing import IO

from django.db import transaction

from apps.core import kept_pictures
from apps.core.audit import record
from apps.teams.locks import lock_team
from apps.teams.models import Team
from apps.teams.roles import Permission
from apps.teams.services.authority import require_permission
from apps.users.models import CustomUser


def set_logo(team: Team, upload: IO[bytes], *, by: CustomUser) -> Team:
    """Raises NotAllowed, BadImage, or PictureNotKept when the storage is away."""
    require_permission(team, by, Permission.MANAGE_SETTINGS)
    with kept_pictures.kept(Team, "logo", upload) as name:
        return _replace(team, name, by=by)


def remove_logo(team: Team, *, by: CustomUser) -> Team:
    """Back to the first letter of the name. Raises NotAllowed."""
    return _replace(team, "", by=by)


@transaction.atomic
def take_logo_down(team: Team, *, by: CustomUser) -> bool:
    """For staff: a picture that nobody should have to see. False if there is none."""
    locked = lock_team(team.pk)
    return _put(locked, "", by=by)


@transaction.atomic
def _replace(team: Team, name: str, *, by: CustomUser) -> Team:
    locked = lock_team(team.pk)
    require_permission(locked, by, Permission.MANAGE_SETTINGS)
    _put(locked, name, by=by)
    return locked


def _put(locked: Team, name: str, *, by: CustomUser) -> bool:
    changed = kept_pictures.put(locked, "logo", name)
    if changed:
        record("team.logo_changed" if name else "team.logo_removed", actor=by, target=locked, holder=locked)
    return changed


kept_pictures.goes_with_its_row(Team, "logo")
