"""What a person looks like: a picture they gave, shown to the people of their teams."""

from __future__ import annotations

from typing import IO

from django.db import transaction

from apps.core import kept_pictures
from apps.core.audit import record
from apps.users.models import CustomUser


def set_avatar(user: CustomUser, upload: IO[bytes]) -> None:
    """Raises BadImage, or PictureNotKept when the storage is away."""
    with kept_pictures.kept(CustomUser, "avatar", upload) as name:
        _put(user, name, by=user)


def remove_avatar(user: CustomUser) -> bool:
    """Back to the first letter of the name. False if there was no picture."""
    return _put(user, "", by=user)


def take_avatar_down(user: CustomUser, *, by: CustomUser) -> bool:
    """For staff: a picture that nobody should have to see. False if there is none."""
    return _put(user, "", by=by)


@transaction.atomic
def _put(user: CustomUser, name: str, *, by: CustomUser) -> bool:
    locked = CustomUser.objects.select_for_update(no_key=True).get(pk=user.pk)
    changed = kept_pictures.put(locked, "avatar", name)
    if changed:
        record("user.picture_changed" if name else "user.picture_removed", actor=by, target=locked)
    return changed


kept_pictures.goes_with_its_row(CustomUser, "avatar")
