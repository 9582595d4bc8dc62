"""What the commands of billing have in common."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

MIGRATE = "Run `manage.py migrate`, and look at DATABASE_URL."


class BillingCommand(BaseCommand):
    """A database that is away or has no tables yet ends it with a sentence (`--traceback` shows the rest)."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(f"The database refuses: {error}. {MIGRATE}") from error
