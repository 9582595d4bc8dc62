"""Handing a team over: the new owner and the former one change places in one step."""

from __future__ import annotations

from django.db import transaction

from apps.core.audit import record
from apps.teams.errors import CannotTakeOver, NoLongerThere
from apps.teams.locks import lock_team
from apps.teams.mails.telling import tell_handed_over, tell_owner_now
from apps.teams.models import Membership, Team
from apps.teams.roles import Permission, Role
from apps.teams.services.authority import require_permission
from apps.users.models import CustomUser


@transaction.atomic
def transfer_ownership(team: Team, to: Membership, *, by: CustomUser) -> Membership:
    """`to` becomes an owner, `by` an admin; invoices that went to `by` go to the new owner (P12).

    Other owners stay owners. Raises NotAllowed; CannotTakeOver for oneself or an account that is switched
    off; NoLongerThere for somebody who is not in the team (any more).
    """
    team = lock_team(team.pk)
    mine = require_permission(team, by, Permission.TRANSFER)
    heir = _heir(team, to, mine)
    before = {"owner": by.email, "role": heir.role}
    _set_role(heir, Role.OWNER, by=by)  # first, so that the team has an owner at every moment
    _set_role(mine, Role.ADMIN, by=by)
    _hand_over_invoices(team, by, heir.user)
    record(
        "team.transferred",
        actor=by,
        target=heir,
        before=before,
        after={"owner": heir.user.email, "role": heir.role},
        holder=team,
    )
    tell_owner_now(team, heir.user, by=by)
    tell_handed_over(team, heir.user, by=by)
    return heir


def _heir(team: Team, to: Membership, mine: Membership) -> Membership:
    """As stored now, under the lock."""
    heir = team.memberships.select_related("user").filter(pk=to.pk).first()
    if heir is None:
        raise NoLongerThere
    if heir.pk == mine.pk or not heir.user.is_active:
        raise CannotTakeOver(heir)
    return heir


def _set_role(membership: Membership, role: Role, *, by: CustomUser) -> None:
    if membership.role != role:
        membership.role, membership.changed_by = role, by
        membership.save(update_fields=["role"])


def _hand_over_invoices(team: Team, former: CustomUser, heir: CustomUser) -> None:
    """Whoever listens to saved teams tells Stripe. A fixed address for invoices stays what it is."""
    if team.billing_contact_id == former.pk:
        team.billing_contact = heir
        team.save(update_fields=["billing_contact"])
