"""Telling people that somebody else has changed their place in a team.

Posted in the transaction that changes it, so that neither a broker nor a mail server that is away loses one.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from apps.teams.mails.membership import tell
from apps.teams.mails.names import called, harmless
from apps.teams.models import Membership, Team
from apps.users.models import CustomUser


def tell_removed(team: Team, user: CustomUser, *, by: str) -> None:
    """`by`, here and below: as they read it."""
    tell("removed", [user.pk], team=harmless(team.name), by=by)


def tell_role_changed(membership: Membership, *, by: str) -> None:
    team = membership.team
    tell(
        "role_changed",
        [membership.user_id],
        team=harmless(team.name),
        slug=team.slug,
        by=by,
        role=membership.role,
    )


def tell_owner_now(team: Team, heir: CustomUser, *, by: CustomUser) -> None:
    tell("owner_now", [heir.pk], team=harmless(team.name), slug=team.slug, by=called(by))


def tell_handed_over(team: Team, heir: CustomUser, *, by: CustomUser) -> None:
    tell("handed_over", [by.pk], team=harmless(team.name), slug=team.slug, heir=called(heir))


def tell_team_deleted(team: Team, user_ids: Iterable[UUID], *, by: str) -> None:
    """`user_ids`: everybody else who was in it."""
    tell("team_deleted", user_ids, team=harmless(team.name), by=by)
