from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from apps.subscriptions import inbox
from apps.subscriptions.mails import outbox
from apps.subscriptions.management.base import BillingCommand


class Command(BillingCommand):
    help = "Works every webhook event that waits, now, and sends the mails about billing that are due."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for name, error in inbox.work_all():
            if error is None:
                self.stdout.write(f"Processed {name}")
            else:
                failed += 1
                self.stderr.write(f"Failed: {name}: {error}")
        if sent := outbox.send_waiting():
            self.stdout.write(f"Mails sent: {sent}")
        if failed:
            raise CommandError(f"{failed} failed; the tracebacks stand on their rows.")
