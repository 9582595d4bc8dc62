from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from apps.subscriptions.errors import SeatsUnderWay
from apps.subscriptions.holders import holder_model
from apps.subscriptions.management.base import BillingCommand
from apps.subscriptions.patience import AWAY, Patience
from apps.subscriptions.services.upkeep import sync_all


class Command(BillingCommand):
    help = "Reads back subscriptions that fell silent, then tells Stripe every quantity that changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--holder", metavar="ID", help="only this holder")

    def handle(self, *args: Any, dry_run: bool, holder: str | None, **options: Any) -> None:
        if holder is not None:
            _refuse_unknown(holder)
        failed, patience = 0, Patience()
        for what, error in sync_all(holder_id=holder, dry_run=dry_run):
            patience.note(error)
            if error is None:
                self.stdout.write(f"{'Would sync' if dry_run else 'Synced'} {what}")
            elif isinstance(error, SeatsUnderWay):
                self.stdout.write(f"Left to the worker that is at it: {what}")
            else:
                failed += 1
                self.stderr.write(f"Failed: {what}: {error}")
            if patience.is_over:
                raise CommandError(f"{AWAY} The rest is left to the next run.")
        if failed:
            raise CommandError(f"{failed} failed. They are tried again by the next run.")


def _refuse_unknown(holder: str) -> None:
    try:
        known = holder_model()._default_manager.filter(pk=holder).exists()
    except (ValidationError, ValueError):
        known = False
    if not known:
        raise CommandError(f"There is no holder {holder}: give its id, as in its address in the admin.")
