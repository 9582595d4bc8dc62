from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from apps.core.backup import BackupRefused, write_backup

FOLDER = Path("var") / "backups"


class Command(BaseCommand):
    help = "Writes the database (PostgreSQL) and what people uploaded into one file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: var/backups/<time>.tar")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        path = file or settings.BASE_DIR / FOLDER / f"{timezone.now():%Y-%m-%dT%H%M%SZ}.tar"
        try:
            uploads = write_backup(path)
        except (BackupRefused, OperationalError, OSError) as error:
            raise CommandError(f"No backup was made. {error}.") from error
        self.stdout.write(f"Wrote {path}: the database and {uploads} uploaded file(s), {_size(path)}")
        self.stdout.write(
            "Keep it on another machine, encrypted. SECRET_KEY and the Stripe keys are not in it."
        )


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1_000:.1f} kB"
