"""Listens to what teams tell about their members (teams know nothing of billing)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.dispatch import receiver

from apps.core.tasks import enqueue
from apps.subscriptions.holders import holder_model
from apps.subscriptions.services import seats
from apps.subscriptions.tasks import match_seats
from apps.teams.models import Team
from apps.teams.signals import membership_changed


@receiver(membership_changed)
def on_membership_changed(
    team: Team, user: Any, actor: Any, reason: str, before: int, after: int, **kwargs: Any
) -> None:
    if holder_model() is Team:
        change = seats.record_change(
            team, actor=actor, reason=reason, before=before, after=after, person=user.email
        )
        enqueue(match_seats, str(team.pk), change.pk, countdown=settings.SEAT_SYNC_QUIET_SECONDS)
