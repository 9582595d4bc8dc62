from __future__ import annotations

from celery import shared_task

from apps.core.outbox import pruning, sending


@shared_task
def send_outgoing_mail(message_id: str) -> None:
    sending.send(message_id)


@shared_task
def send_waiting_mails() -> None:
    """Each minute: mails whose task got lost, or whose mail server was away."""
    sending.send_waiting()


@shared_task
def prune_outgoing_mails() -> None:
    pruning.prune()
