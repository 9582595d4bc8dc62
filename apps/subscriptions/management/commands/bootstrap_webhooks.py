from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from apps.core.addresses import absolute_url
from apps.subscriptions.errors import BillingError, SetupRefused
from apps.subscriptions.gateway import Json
from apps.subscriptions.management.base import BillingCommand
from apps.subscriptions.services import setup
from apps.subscriptions.services.setup.env_file import read_variable, write_variable
from apps.subscriptions.services.setup.undelivered import keep_undelivered_events
from apps.subscriptions.services.setup.webhook_endpoint import endpoints_for
from apps.subscriptions.webhooks import secrets

VARIABLE = "DJSTRIPE_WEBHOOK_SECRET"


class Command(BillingCommand):
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
        self.write_env = write_env
        try:
            if (
                portal
            ):  # first: Stripe refuses an endpoint on a laptop, and the Portal works there all the same
                self.stdout.write(f"Portal configuration {setup.configure_portal()['id']} is up to date")
            self._connect(url or absolute_url(reverse("stripe_webhook")), rotate)
        except SetupRefused as error:
            raise CommandError(f"{error}.") from error
        except BillingError as error:
            raise CommandError(
                f"Stripe: {error.in_a_line}. What was done stays; run the command again to complete it."
            ) from error

    def _connect(self, url: str, rotate: bool) -> None:
        former = self.former = endpoints_for(url)
        endpoint = setup.connect_webhooks(url, rotate=rotate, reveal=self._reveal)
        count = len(endpoint["enabled_events"])
        self._warn_of_another_path(url)
        self.stdout.write(f"Endpoint {endpoint['id']} sends {count} event types to {url}")
        if "secret" in endpoint:
            self._say_replaced(former, rotate)
        else:
            self._warn(former)

    def _say_replaced(self, former: list[Json], rotate: bool) -> None:
        for endpoint in former:
            reason = (
                "" if rotate else f": its API version was {endpoint['api_version'] or 'the account default'}"
            )
            self.stdout.write(f"It replaces {endpoint['id']}{reason}")
        self.stdout.write("Restart the web processes, so that they know the secret")

    def _warn_of_another_path(self, url: str) -> None:
        """A relay may stand in between, so it is no refusal."""
        if not urlsplit(url).path.endswith(path := reverse("stripe_webhook")):
            self.stderr.write(f"This site takes events at {path}: what answers at {url} has to pass them on")

    def _warn(self, endpoints: list[Json]) -> None:
        if not secrets():
            self.stderr.write(
                f"Its secret was shown when it was made. Without {VARIABLE}, use --rotate for a new one."
            )
        if others := ", ".join(endpoint["id"] for endpoint in endpoints[1:]):
            self.stderr.write(
                f"Stripe sends each event here once more for {others}. --rotate leaves one endpoint."
            )

    def _reveal(self, secret: str) -> None:
        """The former secret stays: what was signed with it may still be under way."""
        value = ",".join([secret, *secrets()[:1]])
        self.stdout.write(f"{VARIABLE}={value}")
        if self.write_env:
            self._write(Path(settings.ENV_FILE), value)
        if self.former and (kept := keep_undelivered_events()):
            self.stdout.write(
                f"{kept} event(s) not delivered so far wait in the inbox: process_webhooks works them"
            )

    def _write(self, path: Path, value: str) -> None:
        overruled = os.environ.get(VARIABLE, "") != (read_variable(path, VARIABLE) or "")
        try:
            write_variable(path, VARIABLE, value)
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written ({error.strerror}). Set the line above by hand. "
                "The former endpoint still stands; once the secret is set, run this with --rotate."
            ) from error
        self.stdout.write(f"Written to {path}")
        if overruled:
            self.stderr.write(
                f"The environment sets {VARIABLE} itself and wins over {path}: change it there too."
            )
