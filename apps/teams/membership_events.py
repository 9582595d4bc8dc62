"""The rules that hold by every door - services, admin, plain ORM, cascades - and the news sent from there.

A team keeps an active owner, never takes more active members than its plan allows, and tells
`membership_changed` whenever the number of active members moves.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone

from apps.teams.errors import LastOwner, MembershipStays
from apps.teams.locks import lock_activity, lock_team, lock_teams_of
from apps.teams.models import Membership, Team
from apps.teams.roles import Role
from apps.teams.seats import require_seats
from apps.teams.signals import membership_changed
from apps.users.models import CustomUser


@receiver(pre_save, sender=Membership)
def guard_membership(instance: Membership, raw: bool, **kwargs: Any) -> None:
    if raw:
        return
    team = lock_team(instance.team_id)
    if instance._state.adding:
        instance.takes_seat = lock_activity(instance.user_id)
        if instance.takes_seat:
            require_seats(team)
    else:
        _require_same_place(instance)
        if instance.role != Role.OWNER:
            require_another_owner(instance)


@receiver(post_save, sender=Membership)
def tell_joined(instance: Membership, created: bool, raw: bool, **kwargs: Any) -> None:
    if raw:
        _count_again(Team.objects.filter(pk=instance.team_id))
    elif created and instance.takes_seat:
        _tell(instance.team, instance.user, "joined", by=instance.changed_by, change=1)


@receiver(pre_delete, sender=Membership)
def guard_departure(instance: Membership, origin: Model | QuerySet, **kwargs: Any) -> None:
    if not _is_about(origin, Team):
        if _is_about(origin, CustomUser):
            lock_teams_of(instance.user)  # all that go with the account, in order
        lock_team(instance.team_id)
        instance.takes_seat = lock_activity(instance.user_id)
        require_another_owner(instance)
        _replace_billing_contact(instance)


@receiver(post_delete, sender=Membership)
def tell_departed(instance: Membership, origin: Model | QuerySet, **kwargs: Any) -> None:
    if instance.takes_seat and not _is_about(origin, Team):
        reason = "left" if instance.leaves else "removed"
        _tell(instance.team, instance.user, reason, by=instance.changed_by, change=-1)


@receiver(pre_save, sender=CustomUser)
def guard_activity(
    instance: CustomUser, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Notes on the instance which way `is_active` moves; who is alone in a team may be switched off."""
    instance.activity_change = 0
    if raw or instance._state.adding or (update_fields is not None and "is_active" not in update_fields):
        return
    teams = lock_teams_of(instance)  # before the look, or a switch in between would be written over unseen
    was_active = _stored(CustomUser, instance.pk, "is_active")
    if was_active is None:
        return
    instance.activity_change = int(instance.is_active) - int(was_active)
    for team in teams:
        if instance.activity_change > 0:
            require_seats(team)
        elif instance.activity_change < 0 and team.active_members.exclude(user=instance).exists():
            require_another_owner(team.memberships.get(user=instance))


@receiver(post_save, sender=CustomUser)
def tell_activity(instance: CustomUser, raw: bool, **kwargs: Any) -> None:
    if raw:
        _count_again(Team.objects.filter(memberships__user=instance.pk))
    change = instance.activity_change
    if change:
        reason = "reactivated" if change > 0 else "deactivated"
        for team in Team.objects.filter(memberships__user=instance).order_by("pk"):
            _tell(team, instance, reason, by=instance.changed_by, change=change)


def require_another_owner(membership: Membership) -> None:
    """LastOwner if this membership is stored as the team's only active owner. Hold the team's lock."""
    owners = membership.team.memberships.owners()
    if owners.filter(pk=membership.pk).exists() and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner(membership.team)


def _require_same_place(membership: Membership) -> None:
    """Moved to another team or person, a seat would change hands with nobody asked or told."""
    stored = Membership.all_teams.filter(pk=membership.pk).values_list("team", "user").first()
    if stored is not None and stored != (membership.team_id, membership.user_id):
        raise MembershipStays


def _count_again(teams: QuerySet) -> None:
    """A backup is being loaded: it brings its own log of seats, but what Stripe bills may be another number.

    Nobody is refused, since rows come in any order, and the limit may not be there yet.
    """
    teams.update(billing_details_last_changed=timezone.now())


def _tell(team: Team, user: CustomUser, reason: str, *, by: CustomUser | None, change: int) -> None:
    after = team.active_members.count()
    membership_changed.send(
        sender=Team, team=team, user=user, actor=by, reason=reason, before=after - change, after=after
    )


def _replace_billing_contact(leaver: Membership) -> None:
    """Invoices must reach somebody who is still there (P12): the owner who is there longest.

    Before the deletion: a cascade from the user's account empties the field afterwards.
    """
    team = Team.objects.get(pk=leaver.team_id)
    if team.billing_contact_id == leaver.user_id:
        successor = team.memberships.owners().exclude(pk=leaver.pk).first()
        team.billing_contact = successor.user if successor else None
        team.save(update_fields=["billing_contact"])


def _is_about(origin: Model | QuerySet, model: type[Model]) -> bool:
    """Whether a deletion began with `model`: with the team itself gone there is nobody left to guard."""
    return isinstance(origin, model) or getattr(origin, "model", None) is model


def _stored(model: type[Model], pk: Any, field: str) -> Any:
    return model._default_manager.filter(pk=pk).values_list(field, flat=True).first()
