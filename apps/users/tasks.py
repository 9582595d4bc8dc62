from __future__ import annotations

from celery import shared_task

from apps.core.tasks import enqueue
from apps.users.exporting import making, sweeping
from apps.users.mails import send_account_deleted

HALF_AN_HOUR = 1800


# Acknowledged before the work: a worker that dies sends one mail less, never the same one twice.
@shared_task(acks_late=False)
def send_farewell(address: str, language: str) -> None:
    """The account is gone by then: all it takes travels with the task."""
    send_account_deleted(address, language)


@shared_task(time_limit=HALF_AN_HOUR)
def make_data_export(export_id: str) -> None:
    making.make(export_id)


@shared_task
def sweep_data_exports() -> None:
    """Each minute."""
    sweeping.clear_up()
    for export_id in sweeping.to_be_made():
        enqueue(make_data_export, export_id)
