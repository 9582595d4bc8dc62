"""Deleting a team, with all that belongs to it. What runs outside, a subscription, ends first (P9)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from apps.core.audit import record
from apps.teams.errors import CannotClose
from apps.teams.locks import lock_team
from apps.teams.mails.names import called
from apps.teams.mails.telling import tell_team_deleted
from apps.teams.models import Team
from apps.teams.roles import Permission
from apps.teams.services.authority import require_permission
from apps.teams.signals import team_closing
from apps.users.models import CustomUser


def delete_team(team: Team, *, by: CustomUser) -> None:
    """Ends what runs outside, then deletes. Call it with no transaction open: listeners ask the network.

    Doing it again after a failure finishes it. Raises NotAllowed, NoLongerThere, or CannotClose with a text
    that says what has ended already and that nothing was deleted.
    """
    _require_right(team, by)
    close_outside(team, by)
    try:
        _delete(team, by)
    except ProtectedError as error:  # bought between the two steps
        raise CannotClose from error


def close_outside(team: Team, by: CustomUser) -> None:
    """Only the first step: what runs outside ends. Call it with no transaction open. Raises CannotClose."""
    team_closing.send(sender=Team, team=team, by=by)


def _require_right(team: Team, by: CustomUser) -> None:
    """Before anything ends that cannot be brought back; once more below, under the lock."""
    with transaction.atomic():
        require_permission(lock_team(team.pk), by, Permission.DELETE_TEAM)


@transaction.atomic
def _delete(team: Team, by: CustomUser) -> None:
    team = lock_team(team.pk)
    require_permission(team, by, Permission.DELETE_TEAM)
    remove_closed(team, by=by)


def remove_closed(team: Team, *, by: CustomUser) -> None:
    """Only the second step, under the team's lock, once nothing of it runs outside. Else ProtectedError."""
    _remove(team, by, called(by))


@transaction.atomic
def delete_as_staff(team: Team, *, by: CustomUser) -> None:
    """For staff who are not in the team; its people read the product's name, not theirs.

    Only what nothing outside belongs to any more: they end that first. Raises NoLongerThere or CannotClose.
    """
    try:
        _remove(lock_team(team.pk), by, settings.PROJECT_NAME)
    except ProtectedError as error:  # bought since the page that asks for a yes
        raise CannotClose from error


def _remove(team: Team, by: CustomUser, name: str) -> None:
    people = list(team.active_members.values_list("user_id", flat=True))
    before = {"name": team.name, "slug": team.slug, "members": len(people)}
    record("team.deleted", actor=by, target=team, before=before, holder=team)
    tell_team_deleted(team, [pk for pk in people if pk != by.pk], by=name)
    team.delete()
