from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from apps.core.backup import Backup, BackupRefused, open_backup, restore_database, restore_media
from apps.core.backup.archive import mark_of_secret_key


class Command(BaseCommand):
    help = "Puts a backup in the place of an empty database, and runs the migrations that came since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--over-it", action="store_true", help="replace a database that is not empty")

    def handle(self, *args: Any, file: Path, over_it: bool, **options: Any) -> None:
        try:
            with open_backup(file) as backup:
                restore_database(backup, over_it=over_it)
        except (BackupRefused, OperationalError, OSError) as error:
            raise CommandError(f"Not restored. {error}.") from error
        self._restore_media(backup)
        call_command("migrate", interactive=False, verbosity=0)
        self._say_what_differs(backup)
        self._say_what_comes_next(backup)

    def _restore_media(self, backup: Backup) -> None:
        uploads = 0
        try:
            uploads = restore_media(backup)
        except (BackupRefused, OSError, tarfile.TarError) as error:
            self.stderr.write(f"Uploaded files are missing: {error}. Mend it, and run this again.")
        self.stdout.write(
            f"Restored what was there at {backup.about.made_at}, and {uploads} uploaded file(s)"
        )

    def _say_what_differs(self, backup: Backup) -> None:
        if backup.about.secret_key != mark_of_secret_key():
            self.stderr.write(
                "SECRET_KEY is another one than the backup's: everybody signs in again, and links in mails"
                " that were sent do not work."
            )
        if backup.about.livemode != settings.STRIPE_LIVE_MODE:
            self.stderr.write(
                f"The backup is of {_mode(backup.about.livemode)} mode, this site of"
                f" {_mode(settings.STRIPE_LIVE_MODE)} mode: the keys do not know its customers."
            )

    def _say_what_comes_next(self, backup: Backup) -> None:
        self.stdout.write("Stripe went on meanwhile. Before web, worker and beat start again:")
        self.stdout.write(f"  manage.py process_webhooks --since {backup.about.made_at}")
        self.stdout.write("  manage.py reconcile_subscriptions --fix")


def _mode(livemode: bool) -> str:
    return "live" if livemode else "test"
