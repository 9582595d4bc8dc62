from __future__ import annotations

from celery import shared_task

from apps.users.mails import send_account_deleted


# Acknowledged before the work: a worker that dies sends one mail less, never the same one twice.
@shared_task(acks_late=False)
def send_farewell(address: str, language: str) -> None:
    """The account is gone by then: all it takes travels with the task."""
    send_account_deleted(address, language)
