"""The first steps on a team's home page: somebody who has seen enough of them puts them away, for all."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.core.audit import record
from apps.teams.locks import lock_team
from apps.teams.models import Team
from apps.teams.roles import Permission
from apps.teams.services.authority import require_permission
from apps.users.models import CustomUser


@transaction.atomic
def show_first_steps(team: Team, wanted: bool, *, by: CustomUser) -> None:
    """Or hide them. Twice is once."""
    locked = lock_team(team.pk)
    require_permission(locked, by, Permission.MANAGE_MEMBERS)
    if wanted == (locked.first_steps_hidden_at is None):
        return
    locked.first_steps_hidden_at = None if wanted else timezone.now()
    locked.save(update_fields=["first_steps_hidden_at"])
    record(f"team.first_steps_{'shown' if wanted else 'hidden'}", actor=by, target=locked, holder=locked)
