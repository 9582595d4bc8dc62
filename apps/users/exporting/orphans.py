"""Each night: files without a row. Whoever made one died after the account, and its row, were gone."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import Storage
from django.utils import timezone

from apps.users.exporting.making import FOLDER, discard
from apps.users.models import DataExport

logger = logging.getLogger(__name__)


def discard_orphans() -> int:
    """How many went. Only what is older than a link's life: whoever writes one may be about to clear up."""
    names = _orphans()
    for name in names:
        logger.warning("A file of a data export had no row any more, and is deleted: %s", name)
        discard(name)
    return len(names)


def _orphans() -> list[str]:
    """The folder is read before the rows: a file has its row before it is written."""
    storage = DataExport._meta.get_field("file").storage
    found = [f"{FOLDER}/{name}" for name in names_in(storage)]
    known = set(DataExport.objects.exclude(file="").values_list("file", flat=True))
    long_ago = timezone.now() - timedelta(days=settings.DATA_EXPORT_DAYS)
    return [name for name in found if name not in known and storage.get_modified_time(name) < long_ago]


def names_in(storage: Storage) -> list[str]:
    try:
        return list(storage.listdir(FOLDER)[1])
    except FileNotFoundError:  # nobody has asked for a copy yet
        return []
