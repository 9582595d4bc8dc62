"""Files that are for one person: exports of their data. No address leads to them, a view hands them out."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import FileSystemStorage


class PrivateFiles(FileSystemStorage):
    """A folder beside MEDIA_ROOT that only this system's user reads. `url` raises ValueError."""

    def __init__(self, **options: Any) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700, **options)

    def url(self, name: str | None) -> str:
        raise ValueError("A private file has no address: hand it out in a view that checks who asks.")
