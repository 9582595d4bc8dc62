from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.subscriptions.errors import BillingError, SetupRefused
from apps.subscriptions.management.base import BillingCommand
from apps.subscriptions.services import setup
from apps.subscriptions.services.setup import pasteable


class Command(BillingCommand):
    help = "Copies account, products and recurring prices from Stripe; --push makes them there first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--push",
            action="store_true",
            help="create, update or archive at Stripe what metadata.py says, first",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what --push would change")

    def handle(self, *args: Any, push: bool, dry_run: bool, **options: Any) -> None:
        try:
            if push or dry_run:
                self._push(dry_run)
            if not dry_run:
                self._pull()
        except SetupRefused as error:
            raise CommandError(f"{error}.") from error
        except BillingError as error:
            raise CommandError(
                f"Stopped: {error.in_a_line}. What was done stays; run the command again to complete it."
            ) from error

    def _push(self, dry_run: bool) -> None:
        changed = False
        for line in setup.push_catalogue(dry_run=dry_run):
            changed = True
            self.stdout.write(f"{'Would ' if dry_run else ''}{line}")
        if not changed:
            self.stdout.write("The catalogue at Stripe is as metadata.py wants it")
        elif not dry_run:
            self.stdout.write("To offer the same in the Customer Portal: bootstrap_webhooks --portal")

    def _pull(self) -> None:
        products = []
        for mirrored in setup.pull_catalogue():
            self.stdout.write(f"Synchronized {mirrored['object']} {mirrored['id']}")
            if mirrored["object"] == "product":
                products.append(mirrored)
        if not products:
            self.stdout.write(
                "Nothing is sold at Stripe yet. Make what metadata.py sells: bootstrap_subscriptions --push"
            )
            return
        self.stdout.write(f"\n{pasteable.active_products(products)}")
