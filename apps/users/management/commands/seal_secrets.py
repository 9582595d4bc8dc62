from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.users.sealed import seal_all_anew


class Command(BaseCommand):
    help = "Seals the secrets of two-step sign-in with today's SECRET_KEY, before a fallback is taken away."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, closed = seal_all_anew()
        self.stdout.write(f"Sealed {sealed} secret(s) with SECRET_KEY.")
        if closed:
            raise CommandError(
                f"{closed} could not be opened. Put the key they were sealed with into SECRET_KEY_FALLBACKS,"
                " and run this again; or turn two-step sign-in off for these people."
            )
