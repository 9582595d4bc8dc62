"""The last way in for whoever runs the server: for a superuser whose phone is gone, and no other is there."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.core.context import request_context
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.http import HttpRequest

from apps.core.email_addresses import normal_email
from apps.users import support
from apps.users.models import CustomUser


def _our_own() -> HttpRequest:
    """allauth words a mail for the site a request came to."""
    request = HttpRequest()
    request.META["HTTP_HOST"] = settings.SITE_DOMAIN
    return request


class Command(BaseCommand):
    help = "Turns off somebody's two-step sign-in, as support's button in the admin does. They get a mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address of the account")
        parser.add_argument("--reason", required=True, help="stands in the audit log")

    def handle(self, *args: Any, email: str, reason: str, **options: Any) -> None:
        person = CustomUser.objects.filter(email=normal_email(email)).first()
        if person is None:
            raise CommandError(f"Nobody has an account with {email}. Check the address.")
        if not support.has_second_step(person):
            raise CommandError(f"{person.email} has no second step to turn off.")
        with request_context(_our_own()):
            removed = support.turn_off_two_step(None, person, by=None, reason=reason)
        self.stdout.write(
            f"Two-step sign-in of {person.email} is off: {', '.join(removed)}. They got a mail."
        )
