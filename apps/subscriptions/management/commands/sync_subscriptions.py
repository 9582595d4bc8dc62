from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.subscriptions.services.seats import sync_all


class Command(BaseCommand):
    help = "Reads back subscriptions that fell silent, then tells Stripe every quantity that changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--holder", metavar="ID", help="only this holder")

    def handle(self, *args: Any, dry_run: bool, holder: str | None, **options: Any) -> None:
        failed = 0
        for what, error in sync_all(holder_id=holder, dry_run=dry_run):
            if error is None:
                self.stdout.write(f"{'Would sync' if dry_run else 'Synced'} {what}")
            else:
                failed += 1
                self.stderr.write(f"Failed: {what}: {error}")
        if failed:
            raise CommandError(f"{failed} failed. They are tried again by the next run.")
