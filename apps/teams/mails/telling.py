"""Telling people that somebody else has changed their place in a team.

After the commit, by a task that may run twice: each mail is promised by its occasion, and posted once. A mail
server that is away is the outbox's business (`apps/core/outbox/`). What is lost with a broker that is down is
tolerable: the pages tell the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from apps.core.tasks import enqueue
from apps.teams.mails.names import called, harmless
from apps.teams.models import Membership, Team
from apps.teams.tasks import send_membership_mails
from apps.users.models import CustomUser


def tell_removed(team: Team, user: CustomUser, *, by: CustomUser) -> None:
    _promise("removed", [user.pk], team=harmless(team.name), by=called(by))


def tell_role_changed(membership: Membership, *, by: CustomUser) -> None:
    team = membership.team
    _promise(
        "role_changed",
        [membership.user_id],
        team=harmless(team.name),
        slug=team.slug,
        by=called(by),
        role=membership.role,
    )


def tell_owner_now(team: Team, heir: CustomUser, *, by: CustomUser) -> None:
    _promise("owner_now", [heir.pk], team=harmless(team.name), slug=team.slug, by=called(by))


def tell_handed_over(team: Team, heir: CustomUser, *, by: CustomUser) -> None:
    _promise("handed_over", [by.pk], team=harmless(team.name), slug=team.slug, heir=called(heir))


def tell_team_deleted(team: Team, user_ids: Iterable[UUID], *, by: str) -> None:
    """`user_ids`: everybody else who was in it; `by`: as they read it."""
    _promise("team_deleted", user_ids, team=harmless(team.name), by=by)


def _promise(news: str, user_ids: Iterable[UUID], **facts: str) -> None:
    """The facts travel with the task: the team, or whoever did it, may be gone when the mail is worded."""
    people = [str(user_id) for user_id in user_ids]
    if people:
        enqueue(send_membership_mails, news, people, {**facts, "occasion": uuid4().hex})
