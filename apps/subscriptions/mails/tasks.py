"""Tasks that send mails about billing; `tasks.py` hands them to Celery."""

from __future__ import annotations

from celery import shared_task

from apps.subscriptions.mails import outbox


@shared_task
def send_notice(key: str) -> None:
    outbox.send(key)


@shared_task
def send_waiting_notices() -> None:
    """Each minute: mails whose task got lost, or whose mail server was away."""
    outbox.send_waiting()
