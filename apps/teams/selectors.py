from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from apps.core.billing import keep_billing, with_billing
from apps.core.models import AuditEntry
from apps.core.prepared import Prepared, Slot
from apps.teams.models import Invitation, Membership, Team
from apps.teams.roles import Permission, roles_with
from apps.users.models import CustomUser

DECLINED_IS_SHOWN = timedelta(days=7)

# An invitation is no way to fill somebody's inbox: withdrawn and sent anew it would be one mail a click.
# Enough for whoever asks a colleague into several teams, or declines, leaves and comes back.
MAILS = 20
MAILS_PERIOD = timedelta(days=1)
MAILED = ("team.invited", "team.invitation_resent")

# What only somebody in the team can have done: it knows their name.
OF_THE_TEAM = ("team.created", "team.member_joined", "team.member_left")


def memberships_of(user: CustomUser | Slot) -> QuerySet[Membership]:
    """The person's teams by name, each with the role they have there."""
    return Membership.all_teams.filter(user=user).select_related("team").order_by("team__name", "team__pk")


def membership_in(team_slug: str, user: CustomUser) -> Membership | None:
    """With the team, its seats, its open invitations, its subscription, and whether there are other teams in
    one query.

    Gates and the rail ask nothing more, but for who is in several teams.
    """
    for membership in _membership.ask(team_slug=team_slug, user=user.pk, now=timezone.now()):
        membership.user = user
        keep_billing(membership, membership.team)
        membership.team.quantity_read_with_holder = max(1, membership.seats_taken)
        return membership
    return None


def _membership_in(team_slug: Slot, user: Slot, now: Slot) -> QuerySet[Membership]:
    memberships = with_billing(Membership.all_teams.select_related("team"), "team")
    elsewhere = Membership.all_teams.filter(user=user).exclude(team__slug=team_slug)
    counted = memberships.annotate(
        seats_taken=_seats_taken(OuterRef("team")),
        seats_pending=number_of(Invitation.all_teams.pending(now).filter(team=OuterRef("team"))),
        has_other_teams=Exists(elsewhere),
    )
    return counted.filter(team__slug=team_slug, user=user)[:1]


def _seats_taken(team: OuterRef) -> Coalesce:
    """`Team.get_quantity` in SQL."""
    return number_of(Membership.all_teams.active().filter(team=team))


def number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many of one team there are, beside something else that is asked for."""
    counted = rows.order_by().values("team").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


_membership: Prepared[Any] = Prepared(
    _membership_in,
    team_slug=Team._meta.get_field("slug"),
    user=CustomUser._meta.pk,
    now=Invitation._meta.get_field("expires_at"),
)


def members_of(team: Team | Slot) -> QuerySet[Membership]:
    """Everybody in the team, also those whose account is switched off."""
    return Membership.all_teams.filter(team=team).select_related("user")


def shown_invitations_of(team: Team | Slot, declined_since: Slot | None = None) -> QuerySet[Invitation]:
    """Offers nobody has answered, the latest first; expired ones too, so that they can be sent again.

    A declined one stays for some days, so that the inviter sees it, or until the address is asked anew.
    """
    offers = Invitation.all_teams.filter(team=team)
    anew = offers.open().filter(email=OuterRef("email"))
    declined = Q(declined_at__gt=declined_since or shown_since()) & ~Exists(anew)
    shown = offers.filter(Q(accepted_at=None, declined_at=None, revoked_at=None) | declined)
    return shown.with_inviter_role().select_related("invited_by").order_by("-created_at", "pk")


def shown_since() -> datetime:
    """Who declined before this moment is not shown any more."""
    return timezone.now() - DECLINED_IS_SHOWN


def invitations_for(user: CustomUser) -> list[Invitation]:
    """What this person could accept now, under any address they have proven to read."""
    return _offered.ask(user=user.pk, now=timezone.now())


def _offered_to(user: Slot, now: Slot) -> QuerySet[Invitation]:
    read = EmailAddress.objects.filter(user=user, verified=True).annotate(address=Lower("email"))
    pending = Invitation.all_teams.pending(now).filter(email__in=read.values("address"))
    return pending.exclude(team__memberships__user=user).select_related("team", "invited_by")


_offered: Prepared[Invitation] = Prepared(
    _offered_to, user=CustomUser._meta.pk, now=Invitation._meta.get_field("expires_at")
)


def members_among(team: Team, emails: Collection[str]) -> set[str]:
    """Which of these (lower-case) addresses somebody in the team reads, as login or verified beside it."""
    people = team.memberships.all()
    own = people.filter(user__email__in=emails).values_list("user__email", flat=True)
    other = people.filter(user__emailaddress__verified=True).annotate(
        address=Lower("user__emailaddress__email")
    )
    return {*own, *other.filter(address__in=emails).values_list("address", flat=True)}


def invited_among(team: Team, emails: Collection[str]) -> set[str]:
    """Which of these (lower-case) addresses have an invitation that could be accepted now."""
    return set(team.invitations.pending().filter(email__in=emails).values_list("email", flat=True))


def asked_too_often_among(team: Team, emails: Collection[str], *, by: CustomUser) -> set[str]:
    """Which of these (lower-case) addresses got all the mails for today, from this team or from `by`.

    Whoever makes a team for each mail sends no more of them.
    """
    since = timezone.now() - MAILS_PERIOD
    mailed = AuditEntry.objects.filter(Q(holder_id=team.pk) | Q(actor=by), action__in=MAILED, at__gt=since)
    often = mailed.filter(target_label__in=emails).values("target_label").order_by()
    return set(
        often.annotate(mails=Count("pk")).filter(mails__gte=MAILS).values_list("target_label", flat=True)
    )


def people_with(team: Team, permission: Permission) -> list[CustomUser]:
    """The active members whose role allows something: whom to ask for it."""
    memberships = team.active_members.filter(role__in=roles_with(permission)).select_related("user")
    return [membership.user for membership in memberships]


def by_stranger(team_id: UUID | Slot) -> Q:
    """Of rows with `actor` and `actor_label`: by somebody who neither is nor, by the log, was in the team."""
    member = Membership.all_teams.filter(team_id=team_id, user=OuterRef("actor"))
    log = AuditEntry.objects.filter(holder_id=team_id, action__in=OF_THE_TEAM)
    same = Q(actor=OuterRef("actor")) | Q(actor_label=OuterRef("actor_label"))
    return ~Exists(member) & ~Exists(log.filter(same))
