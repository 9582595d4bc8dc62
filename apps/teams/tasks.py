from __future__ import annotations

from celery import shared_task

from apps.teams import outbox


@shared_task
def send_invitation(invitation_id: str) -> None:
    outbox.send(invitation_id)


@shared_task
def send_waiting_invitations() -> None:
    """Each minute: mails whose task got lost, or whose mail server was away."""
    outbox.send_waiting()
