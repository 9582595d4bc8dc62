from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.subscriptions.errors import BillingError
from apps.subscriptions.gateway import Json
from apps.subscriptions.services import setup


class Command(BaseCommand):
    help = "Copies account, products and recurring prices from Stripe; --push makes them there first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--push", action="store_true", help="create or update the catalogue at Stripe first"
        )
        parser.add_argument("--dry-run", action="store_true", help="with --push: only say what would change")

    def handle(self, *args: Any, push: bool, dry_run: bool, **options: Any) -> None:
        try:
            if push:
                self._push(dry_run)
            if not dry_run:
                self._pull()
        except BillingError as error:
            raise CommandError(
                f"Stopped: {error}. What was done stays; run the command again to complete it."
            ) from error

    def _push(self, dry_run: bool) -> None:
        changed = False
        for line in setup.push_catalogue(dry_run=dry_run):
            changed = True
            self.stdout.write(f"{'Would ' if dry_run else ''}{line}")
        if not changed:
            self.stdout.write("The catalogue at Stripe is as metadata.py wants it")

    def _pull(self) -> None:
        products = []
        for mirrored in setup.pull_catalogue():
            self.stdout.write(f"Synchronized {mirrored['object']} {mirrored['id']}")
            if mirrored["object"] == "product":
                products.append(mirrored)
        self.stdout.write("\n".join(["", "ACTIVE_PRODUCTS = [", *map(_pasteable, products), "]"]))


def _pasteable(product: Json) -> str:
    slug = product["metadata"].get("plan") or "-".join(product["name"].lower().split())
    features = tuple(feature["name"] for feature in product.get("marketing_features") or [])
    return "\n".join(
        [
            "    ProductMetadata(",
            f"        slug={slug!r},",
            f"        name={product['name']!r},",
            f"        description={product['description'] or ''!r},",
            f"        features={features!r},",
            f"        stripe_id={product['id']!r},",
            "    ),",
        ]
    )
