from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.outbox.resealing import seal_waiting_anew
from apps.users.sealed import seal_all_anew


class Command(BaseCommand):
    help = (
        "Seals the secrets of two-step sign-in and the mails that wait with today's SECRET_KEY, before a "
        "fallback is taken away."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        secrets, closed_secrets = seal_all_anew()
        mails, closed_mails = seal_waiting_anew()
        self.stdout.write(f"Sealed {secrets} secret(s) and {mails} waiting mail(s) with SECRET_KEY.")
        if closed_secrets or closed_mails:
            raise CommandError(
                f"{closed_secrets} secret(s) and {closed_mails} mail(s) could not be opened. Put the key they"
                " were sealed with into SECRET_KEY_FALLBACKS, and run this again; or turn two-step sign-in"
                " off for these people, and let the mails run out."
            )
