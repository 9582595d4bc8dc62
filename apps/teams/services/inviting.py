"""Asking people into a team. Bills count them when they accept, the plan's limit when they are asked (P6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from apps.core.audit import record_many
from apps.core.email_addresses import normal_email
from apps.core.tasks import enqueue
from apps.teams.locks import lock_team
from apps.teams.models import Invitation, Team
from apps.teams.roles import Permission, Role
from apps.teams.services.authority import require_grantable, require_permission
from apps.teams.tasks import send_invitations_of
from apps.teams.wishes import InviteOutcome, InviteResult, Wish, decide
from apps.users.models import CustomUser


@transaction.atomic
def invite(team: Team, emails: Iterable[str], role: Role, *, by: CustomUser) -> list[InviteResult]:
    """Asks each address once, and says for each what came of it, in the order given.

    One bad address does not stop the others. Raises NotAllowed, also when the role is above `by`'s own.
    """
    team = lock_team(team.pk)
    require_grantable(require_permission(team, by, Permission.MANAGE_MEMBERS), role)
    addresses = {normal_email(email): email for email in emails}
    return invite_many(team, [Wish(email, role) for email in addresses.values()], by=by)


@transaction.atomic
def invite_many(team: Team, wishes: Sequence[Wish], *, by: CustomUser) -> list[InviteResult]:
    """Fulfils each wish that can be, each with its own role, in a number of queries that does not grow.

    A wish that cannot be, or a role above `by`'s own, is told in its result. Raises NotAllowed for somebody
    who may not invite at all.
    """
    team = lock_team(team.pk)
    actor = require_permission(team, by, Permission.MANAGE_MEMBERS)
    results = decide(team, wishes, by=by, grantable=Role(actor.role).grantable)
    made = _make(team, [result for result in results if result.outcome == InviteOutcome.SENT], by=by)
    return [
        replace(result, invitation=made[result.email]) if result.outcome == InviteOutcome.SENT else result
        for result in results
    ]


def _make(team: Team, fitting: list[InviteResult], *, by: CustomUser) -> dict[str, Invitation]:
    """The invitations by address, their mails promised."""
    if not fitting:
        return {}
    _withdraw_stale(team, [result.email for result in fitting])
    made = team.invitations.bulk_create(
        Invitation(team=team, email=result.email, role=result.role, invited_by=by)
        for result in fitting
        if result.role
    )
    targets = [(offer, {"email": offer.email, "role": offer.role}) for offer in made]
    record_many("team.invited", targets, actor=by, holder=team)
    enqueue(send_invitations_of, str(team.pk))
    return {offer.email: offer for offer in made}


def _withdraw_stale(team: Team, emails: list[str]) -> None:
    """An expired or void offer makes room for the new one."""
    team.invitations.open().filter(email__in=emails).update(revoked_at=timezone.now())
