"""Somebody's places in teams, when their account ends: what becomes of each team, and making it so.

`apps.web.leaving` calls this: everything here is one part of a deletion, and runs in its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.audit import record
from apps.core.billing import keep_billing, with_billing
from apps.teams.errors import CannotTakeOver, NoLongerThere
from apps.teams.mails.telling import tell_owner_now
from apps.teams.models import Invitation, Membership, Team
from apps.teams.roles import Role
from apps.teams.services.deletion import remove_closed
from apps.users.errors import CannotLeave
from apps.users.models import CustomUser


class Fate(Enum):
    """What becomes of a team whose member's account ends."""

    GOES = "goes"  # they are its only active member
    NEEDS_HEIR = "needs heir"  # they are its only owner, and others are in it
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Place:
    membership: Membership
    fate: Fate
    others: int  # active members beside them

    @property
    def team(self) -> Team:
        team: Team = self.membership.team
        return team

    @property
    def pays(self) -> bool:
        """Whether something is billed to the team itself."""
        subscription = (self.team.read_with_holder or (None,))[0]
        return subscription is not None and not subscription.is_over


def places_of(user: CustomUser) -> list[Place]:
    """By name of the team, with what it pays for, in one query."""
    rows = with_billing(Membership.all_teams.filter(user=user).select_related("team"), "team")
    others = Membership.all_teams.active().filter(team=OuterRef("team")).exclude(user=user)
    counted = rows.annotate(others=_count(others), other_owners=_count(others.filter(role=Role.OWNER)))
    return [_place(row) for row in counted.order_by("team__name", "team__pk")]


def _count(rows: QuerySet[Membership]) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("team").annotate(n=Count("pk")).values("n")), 0)


def _place(row: Any) -> Place:
    keep_billing(row, row.team)
    if row.role != Role.OWNER or row.other_owners:
        fate = Fate.STAYS
    else:
        fate = Fate.NEEDS_HEIR if row.others else Fate.GOES
    return Place(row, fate, row.others)


def heirs_among(places: Iterable[Place], user: CustomUser) -> list[Membership]:
    """Who could take over in these teams, in one query."""
    rows = Membership.all_teams.active().filter(team__in=[place.team for place in places])
    return list(rows.exclude(user=user).select_related("user").order_by("created_at", "pk"))


def require_heirs(places: Iterable[Place], heirs: Mapping[UUID, UUID]) -> None:
    """CannotLeave unless `heirs` (team -> membership) names somebody for each team that needs one."""
    orphans = [place.team for place in places if place.fate is Fate.NEEDS_HEIR]
    unnamed = [team.name for team in orphans if team.pk not in heirs]
    if unnamed:
        raise CannotLeave(
            _("%(teams)s would be left without an owner. Choose who takes over first; nothing was deleted.")
            % {"teams": ", ".join(unnamed)}
        )


def leave(place: Place, user: CustomUser, heirs: Mapping[UUID, UUID], *, by: CustomUser) -> None:
    """One place, under the team's lock. Raises NoLongerThere, CannotTakeOver or ProtectedError."""
    if place.fate is Fate.GOES:
        remove_closed(place.team, by=by)
        return
    if place.fate is Fate.NEEDS_HEIR:
        _hand_over(place.team, heirs[place.team.pk], user)
    _take_off(place.membership, user)


def _hand_over(team: Team, heir_id: UUID, user: CustomUser) -> None:
    heir = team.memberships.select_related("user").filter(pk=heir_id).first()
    if heir is None:
        raise NoLongerThere
    if heir.user_id == user.pk or not heir.user.is_active:
        raise CannotTakeOver(heir)
    before = {"owner": user.email, "role": heir.role}
    heir.role, heir.changed_by = Role.OWNER, user
    heir.save(update_fields=["role"])
    after = {"owner": heir.user.email, "role": heir.role}
    record("team.transferred", actor=user, target=heir, before=before, after=after, holder=team)
    tell_owner_now(team, heir.user, by=user)


def _take_off(membership: Membership, user: CustomUser) -> None:
    """Also when staff delete the account: the team reads that the person left."""
    membership.changed_by, membership.leaves = user, True
    team = membership.team
    record("team.member_left", actor=user, target=membership, before={"role": membership.role}, holder=team)
    membership.delete()


def hand_on_invoices(user: CustomUser) -> None:
    """Of teams they get the invoices of without being in them: to the owner who is there longest (P12)."""
    for team in Team.objects.filter(billing_contact=user).order_by("pk"):
        owner = team.memberships.owners().exclude(user=user).first()
        team.billing_contact = owner.user if owner else None
        team.save(update_fields=["billing_contact"])


def open_invitations_of(user: CustomUser) -> QuerySet[Invitation]:
    """Those they sent that nobody has answered."""
    sent: QuerySet[Invitation] = Invitation.all_teams.open().filter(invited_by=user)
    return sent


def withdraw_invitations(user: CustomUser) -> None:
    """They would be void by themselves, but the row and the team's log should say so."""
    for invitation in open_invitations_of(user).select_related("team"):
        record("team.invitation_revoked", actor=user, target=invitation, holder=invitation.team)
    open_invitations_of(user).update(revoked_at=timezone.now())


def forget_invitations(addresses: Iterable[str]) -> int:
    """Those to the person, whatever became of them: the row would keep the address."""
    return Invitation.all_teams.filter(email__in=list(addresses)).delete()[0]
