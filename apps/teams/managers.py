from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Never

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from apps.core.prepared import Slot
from apps.teams.roles import Role
from apps.users.managers import delete_each

if TYPE_CHECKING:
    from apps.teams.models import Team


class UnscopedQuery(TypeError):
    """Rows of every team were about to be read where those of one were meant."""


class OneTeamManager(models.Manager):
    """`Model.objects` of what belongs to a team: `of(team)`, and nothing before it.

    An id out of an address or a form then finds nothing of another team's. What is meant to look across teams
    says so: `Model.all_teams`, which is also what Django itself uses (admin, cascades, related rows).
    """

    def of(self, team: Team) -> models.QuerySet:
        rows: models.QuerySet = self.model.all_teams.filter(team=team)
        return rows

    def get_queryset(self) -> Never:
        name = self.model.__name__
        raise UnscopedQuery(f"Of which team? {name}.objects.of(team), or {name}.all_teams on purpose.")


class MembershipQuerySet(models.QuerySet):
    """Changes one by one only: in bulk neither the seat limit would be asked nor billing told."""

    def bulk_create(self, *args: Any, **kwargs: Any) -> Never:
        """Also what `team.members.add(user)` would do."""
        raise TypeError("Add members one by one: services.add_member, or save().")

    def update(self, **values: Any) -> Never:
        raise TypeError("Change memberships one by one: services.change_role, or save().")

    def delete(self):
        """One by one: of all owners at once none would be the last, and each counts for the log of seats."""
        return delete_each(self)

    delete.alters_data = True
    delete.queryset_only = True  # the manager itself deletes nothing

    def active(self):
        """Those whose account is active: what a seat is."""
        return self.filter(user__is_active=True)

    def owners(self):
        return self.active().filter(role=Role.OWNER)


MembershipManager = models.Manager.from_queryset(MembershipQuerySet, "MembershipManager")


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Neither accepted, declined nor revoked; maybe expired."""
        return self.filter(accepted_at=None, declined_at=None, revoked_at=None)

    def pending(self, now: datetime | Slot | None = None):
        """Those that could be accepted now: `Invitation.status` in SQL (P8)."""
        unexpired = self.open().filter(expires_at__gt=now or timezone.now())
        return unexpired.alias(inviter_role=self._role_of_inviter()).filter(_may_grant())

    def with_inviter_role(self):
        """Each with `inviter_role`: what the inviter is in the team today, None if not there any more."""
        return self.annotate(inviter_role=self._role_of_inviter())

    def _role_of_inviter(self) -> Subquery:
        memberships = self.model._meta.get_field("team").related_model.members.through.all_teams
        inviter = memberships.active().filter(team=OuterRef("team"), user=OuterRef("invited_by"))
        return Subquery(inviter.values("role")[:1])


def _may_grant() -> Q:
    rule = Q(pk__in=[])
    for role in Role:
        if role.grantable:
            rule |= Q(inviter_role=role, role__in=role.grantable)
    return rule


InvitationManager = models.Manager.from_queryset(InvitationQuerySet, "InvitationManager")
