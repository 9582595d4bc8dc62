from __future__ import annotations

from celery import shared_task

from apps.teams.mails import outbox
from apps.teams.models import Team
from apps.teams.team_task import team_task


@team_task
def send_invitation(team: Team, invitation_id: str) -> None:
    outbox.send(team, invitation_id)


@team_task
def send_invitations_of(team: Team) -> None:
    """One task for any number of people invited at once."""
    outbox.send_waiting(team)


@shared_task
def send_waiting_invitations() -> None:
    """Each minute: mails whose task got lost, or whose mail server was away."""
    outbox.send_waiting()
