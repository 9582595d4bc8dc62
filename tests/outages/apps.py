"""A buyer's receiver, in the processes of the town: it writes down each event it is told of."""

from typing import Any

from django.apps import AppConfig
from django.db import connection

TABLE = "told_to_a_receiver"


class Config(AppConfig):
    name = "tests.outages"

    def ready(self) -> None:
        from djstripe.event_handlers import djstripe_receiver  # noqa: PLC0415 - needs the models

        djstripe_receiver(["customer.subscription.created", "customer.subscription.updated"])(note)


def note(sender: Any, event: Any, **kwargs: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (event_id) VALUES (%s)", [event.id])
