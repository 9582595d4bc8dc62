"""The worker's part: one worker makes a copy, however often it is asked to; a killed one leaves no trace."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db.models import F, Q
from django.db.models.signals import post_delete
from django.db.transaction import on_commit
from django.dispatch import receiver
from django.utils import timezone, translation

from apps.users.exporting.archive import write_archive
from apps.users.exporting.telling import tell
from apps.users.models import DataExport

logger = logging.getLogger(__name__)

State = DataExport.State
FOLDER = "exports"  # of the private storage
# Longer than between two signs of life: a worker that is silent for so long is dead.
SILENT = timedelta(minutes=10)
MAX_ATTEMPTS = 3
AGAIN_AFTER = timedelta(minutes=5)


class TakenAway(Exception):
    """Another worker has it meanwhile, or it was deleted with its account."""


def make(export_id: str) -> None:
    export = _claim(export_id)
    if export is None:
        return
    try:
        with translation.override(export.user.language or settings.LANGUAGE_CODE):
            _make(export)
    except TakenAway:
        discard(export.file.name)
    except Exception as error:  # whatever it was: a storage that is away, a part that is broken
        logger.exception("Data export %s failed", export.pk)
        _give_back(export, error)
    else:
        tell(export)


def free_ones() -> Q:
    """Those a worker may take: they wait and are due, or whoever had them is dead."""
    now = timezone.now()
    dead = Q(state=State.RUNNING, seen_alive_at__lt=now - SILENT)
    return Q(state=State.WAITING, due_at__lte=now) | dead


def _claim(export_id: str) -> DataExport | None:
    """None: not there, done, or somebody is at it. The file is named before it is written, for whoever has to
    clear up.
    """
    rows = DataExport.objects.filter(pk=export_id)
    former = rows.filter(free_ones()).exclude(file="").values_list("file", flat=True).first()
    name = f"{FOLDER}/{secrets.token_urlsafe(18)}.zip"
    taken = rows.filter(free_ones(), attempts__lt=MAX_ATTEMPTS).update(
        state=State.RUNNING, attempts=F("attempts") + 1, seen_alive_at=timezone.now(), progress=0, file=name
    )
    if not taken:
        return None
    discard(former)
    return rows.select_related("user").get()


def _make(export: DataExport) -> None:
    with TemporaryFile() as target:
        write_archive(export.user, target, progress=partial(_still_here, export))
        size = target.tell()
        target.seek(0)
        _keep(export, target, size)


def _keep(export: DataExport, content: IO[bytes], size: int) -> None:
    name = export.file.storage.save(export.file.name, File(content))
    now = timezone.now()
    expires = now + timedelta(days=settings.DATA_EXPORT_DAYS)
    _set(
        export,
        state=State.READY,
        progress=100,
        file=name,
        size=size,
        ready_at=now,
        expires_at=expires,
        error="",
    )


def _still_here(export: DataExport, progress: int) -> None:
    _set(export, progress=progress, seen_alive_at=timezone.now())


def _set(export: DataExport, **values: Any) -> None:
    """Only while it is ours."""
    ours = DataExport.objects.filter(pk=export.pk, state=State.RUNNING, attempts=export.attempts)
    if not ours.update(**values):
        raise TakenAway
    for name, value in values.items():
        setattr(export, name, value)


def _give_back(export: DataExport, error: Exception) -> None:
    """Tried again later, by the sweep; after the last time it has failed, and a mail says so."""
    discard(export.file.name)
    last = export.attempts >= MAX_ATTEMPTS
    state = State.FAILED if last else State.WAITING
    try:
        _set(
            export,
            state=state,
            file="",
            error=type(error).__name__,
            due_at=timezone.now() + AGAIN_AFTER * export.attempts,
        )
    except TakenAway:
        return
    if last:
        tell(export)


def discard(name: str | None) -> None:
    """A file that stays behind is private all the same, but nobody would ever delete it: logged."""
    if not name:
        return
    storage = DataExport._meta.get_field("file").storage
    try:
        storage.delete(name)
    except Exception:
        logger.exception("The file of a data export could not be deleted: %s", name)


@receiver(post_delete, sender=DataExport)
def forget_file(instance: DataExport, **kwargs: Any) -> None:
    """With the account, by every door."""
    on_commit(partial(discard, instance.file.name or ""))
