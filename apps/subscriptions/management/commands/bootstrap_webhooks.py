from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from apps.core.context_processors import absolute_url
from apps.subscriptions.errors import BillingError
from apps.subscriptions.services import setup
from apps.subscriptions.webhooks import secrets

VARIABLE = "DJSTRIPE_WEBHOOK_SECRET"


class Command(BaseCommand):
    help = "Makes or updates the webhook endpoint at Stripe, with exactly the event types that are handled."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", nargs="?", help="default: this site's /stripe/webhook/")
        parser.add_argument("--write-env", action="store_true", help="put the secret into .env")
        parser.add_argument(
            "--rotate", action="store_true", help="replace the endpoint by one with a new secret"
        )
        parser.add_argument(
            "--portal", action="store_true", help="also make the Customer Portal's configuration"
        )

    def handle(
        self, *args: Any, url: str | None, write_env: bool, rotate: bool, portal: bool, **options: Any
    ) -> None:
        try:
            if (
                portal
            ):  # first: Stripe refuses an endpoint on a laptop, and the Portal works there all the same
                self.stdout.write(f"Portal configuration {setup.configure_portal()['id']} is up to date")
            endpoint = setup.connect_webhooks(url or absolute_url(reverse("stripe_webhook")), rotate=rotate)
        except BillingError as error:
            raise CommandError(f"Stripe: {error}") from error
        self._say(endpoint)
        if endpoint.get("secret"):
            self._reveal(endpoint["secret"], write_env)

    def _say(self, endpoint: dict[str, Any]) -> None:
        count = len(endpoint["enabled_events"])
        self.stdout.write(f"Endpoint {endpoint['id']} sends {count} event types to {endpoint['url']}")
        if not endpoint.get("secret") and not secrets():
            self.stderr.write(
                f"Its secret was shown when it was made. Without {VARIABLE}, use --rotate for a new one."
            )

    def _reveal(self, secret: str, write_env: bool) -> None:
        # During a rotation events signed with the old secret may still be under way.
        value = ",".join([secret, *secrets()[:1]])
        self.stdout.write(f"{VARIABLE}={value}")
        if write_env:
            write_variable(Path(settings.ENV_FILE), VARIABLE, value)


def write_variable(path: Path, name: str, value: str) -> None:
    """Set one variable in an env file, leaving every other line as it is."""
    lines = path.read_text().splitlines() if path.exists() else []
    kept = [line for line in lines if not line.startswith(f"{name}=")]
    path.write_text("\n".join([*kept, f"{name}={value}"]) + "\n")
