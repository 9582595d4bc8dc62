"""Tasks about one team."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import Task, shared_task

from apps.core.log_context import bound
from apps.teams.models import Team

logger = logging.getLogger(__name__)


def team_task(work: Callable[..., None]) -> Task:
    """A Celery task that is given a team's id first, and whose function is given the team.

    What else it works on is asked for from the team (`team.invitations.filter(pk=...)`): an id of another
    team's finds nothing. For a team that was deleted meanwhile there is nothing to do.
    """

    @wraps(work)
    def run(team_id: str, *args: Any) -> None:
        with bound(team=team_id):
            team = Team.objects.filter(pk=team_id).first()
            if team is None:
                logger.info("The team is gone, nothing to do for %s%r", work.__name__, args)
            else:
                work(team, *args)

    task: Task = shared_task(run)
    task.is_team_task = True  # read by core/tests/test_guards_tenancy.py
    return task
