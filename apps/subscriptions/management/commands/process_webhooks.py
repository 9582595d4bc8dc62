from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from apps.subscriptions import inbox
from apps.subscriptions.errors import BillingError
from apps.subscriptions.mails import outbox
from apps.subscriptions.management.base import BillingCommand
from apps.subscriptions.patience import AWAY, Patience
from apps.subscriptions.services.setup.undelivered import keep_events_since


class Command(BillingCommand):
    help = "Works every webhook event that waits, now, and sends the mails about billing that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since",
            metavar="TIME",
            help="first fetch from Stripe what happened since, such as 2026-11-28T02:00Z (30 days at most)",
        )

    def handle(self, *args: Any, since: str | None, **options: Any) -> None:
        if since is not None:
            self._fetch(_moment(since))
        failed, patience = 0, Patience()
        for name, error in inbox.work_all():
            patience.note(error)
            if error is None:
                self.stdout.write(f"Processed {name}")
            else:
                failed += 1
                self.stderr.write(f"Failed: {name}: {error}")
            if patience.is_over:
                break
        if sent := outbox.send_waiting():
            self.stdout.write(f"Mails sent: {sent}")
        if patience.is_over:
            raise CommandError(f"{AWAY} All that waits stays: run this again later.")
        if failed:
            raise CommandError(f"{failed} failed; the tracebacks stand on their rows.")

    def _fetch(self, since: datetime) -> None:
        try:
            count = keep_events_since(since)
        except BillingError as error:
            raise CommandError(
                f"Stripe: {error.in_a_line.rstrip('.')}. What was fetched stays: run this again to complete."
            ) from error
        self.stdout.write(f"Fetched {count} event(s) that had not arrived since {since:%Y-%m-%d %H:%M} UTC")


def _moment(text: str) -> datetime:
    """Without a time zone it is UTC, as in Stripe's lists and in our logs."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"{text} is no time: write it like 2026-11-28T02:00Z.")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
