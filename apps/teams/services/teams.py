from __future__ import annotations

from contextlib import suppress

from django.db import IntegrityError, transaction

from apps.core.audit import record
from apps.teams.errors import SlugTaken
from apps.teams.locks import lock_team
from apps.teams.models import Membership, Team
from apps.teams.names import tidy_name
from apps.teams.roles import Permission, Role
from apps.teams.services.authority import require_permission
from apps.teams.slugs import slugs_for
from apps.users.models import CustomUser

SLUG_ATTEMPTS = 50


@transaction.atomic
def create_team(name: str, *, by: CustomUser) -> Team:
    """A new team that `by` owns and gets the invoices of. BadName if the name cannot be shown."""
    team = _insert(Team(name=tidy_name(name), billing_contact=by))
    owner = Membership(team=team, user=by, role=Role.OWNER)
    owner.changed_by = by
    owner.save()
    record("team.created", actor=by, target=team, after={"name": team.name, "slug": team.slug}, holder=team)
    return team


def _insert(team: Team) -> Team:
    """Saves under the first free slug. Somebody else may take it between the look and the insert."""
    for _attempt in range(SLUG_ATTEMPTS):
        team.slug = next(slugs_for(team.name))
        with suppress(IntegrityError, SlugTaken), transaction.atomic():
            team.save(force_insert=True)
            return team
    raise RuntimeError(f"No free slug for a team after {SLUG_ATTEMPTS} attempts.")


@transaction.atomic
def rename_team(team: Team, name: str, *, by: CustomUser) -> Team:
    """The name changes, the address stays: links in people's mails must go on working."""
    locked = lock_team(team.pk)
    require_permission(locked, by, Permission.MANAGE_SETTINGS)
    before, locked.name = locked.name, tidy_name(name)
    if locked.name != before:
        locked.save(update_fields=["name"])
        record(
            "team.renamed",
            actor=by,
            target=locked,
            before={"name": before},
            after={"name": locked.name},
            holder=locked,
        )
    return locked
