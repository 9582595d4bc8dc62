"""A picture that a row names. A file and a row cannot change together, so the order says who wins.

First the new file, then the row, then - after the commit - the old file goes. Whatever fails, the row names a
file that is there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.core.images import clean_image

logger = logging.getLogger(__name__)


class PictureNotKept(Refused):
    """The place where files are kept did not take it; the old picture is still there."""

    def __init__(self) -> None:
        super().__init__(
            _("The picture could not be stored, and nothing was changed. Try again in a minute.")
        )


@contextmanager
def kept(model: type[models.Model], field: str, upload: IO[bytes]) -> Iterator[str]:
    """The name of an untrusted `upload`, cleaned and stored; the file goes if what is done with it fails.

    Raises BadImage, or PictureNotKept when the storage is away.
    """
    name = _store(model, field, clean_image(upload))
    try:
        yield name
    except BaseException:
        _discard(model, field, name)
        raise


def put(locked: models.Model, field: str, name: str) -> bool:
    """The row names this picture from now on ("": none). False if it did before.

    The row is locked by the caller, so that two new pictures at once leave one file.
    """
    before = getattr(locked, field).name or ""
    if name == before:
        return False
    setattr(locked, field, name)
    locked.save(update_fields=[field])
    transaction.on_commit(partial(_discard, type(locked), field, before))
    return True


def goes_with_its_row(model: type[models.Model], field: str) -> None:
    """By whichever door the row is deleted, the file goes after the commit."""

    def forget(instance: Any, **_kwargs: Any) -> None:
        transaction.on_commit(partial(_discard, model, field, getattr(instance, field).name or ""))

    post_delete.connect(forget, sender=model, weak=False, dispatch_uid=f"forget {model._meta.label}.{field}")


def _store(model: type[models.Model], field: str, picture: ContentFile) -> str:
    column: Any = model._meta.get_field(field)
    try:
        return str(column.storage.save(column.generate_filename(model(), str(picture.name)), picture))
    except Exception as error:  # each storage has failures of its own kind
        logger.exception("A picture could not be stored")
        raise PictureNotKept from error


def _discard(model: type[models.Model], field: str, name: str) -> None:
    """A file that stays behind harms nobody: nobody knows its name."""
    if not name:
        return
    column: Any = model._meta.get_field(field)
    try:
        column.storage.delete(name)
    except Exception:
        logger.exception("An old picture could not be deleted")
