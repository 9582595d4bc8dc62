"""Teams, who is in them, and who was asked to join."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.billing import SubscriptionModelBase
from apps.core.email_addresses import AddressField, normal_email
from apps.teams.flags import Flag as Flag  # Django looks for models here
from apps.teams.managers import InvitationManager, MembershipManager, OneTeamManager
from apps.teams.roles import Permission, Role

if TYPE_CHECKING:
    from apps.users.models import CustomUser


class Team(SubscriptionModelBase):
    """A group of people who work together and, by default, pay together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    logo = models.ImageField(_("logo"), upload_to="team-logos/", blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    first_steps_hidden_at = models.DateTimeField(
        _("first steps hidden"), null=True, blank=True, editable=False
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("members"),
        through="Membership",
        through_fields=("team", "user"),
        related_name="teams",
    )

    class Meta(SubscriptionModelBase.Meta):
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """In one transaction with `slugs.claim_slug`. Raises SlugTaken when the address is another team's."""
        with transaction.atomic():
            super().save(*args, **kwargs)

    @property
    def email(self) -> str:
        """Where Stripe writes to: the fixed address if there is one, else the billing contact's."""
        if self.billing_email:
            return self.billing_email
        return self.billing_contact.email if self.billing_contact else ""

    @property
    def active_members(self) -> models.QuerySet[Membership]:
        return self.memberships.active()

    def get_quantity(self) -> int:
        """Billed seats: members whose account is active, whatever their role."""
        return max(1, self.active_members.count())


class TeamScoped(models.Model):
    """Base of everything that belongs to one team and goes with it."""

    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.CASCADE)

    # The first one is Django's own choice, for the admin, cascades and related rows.
    all_teams = models.Manager()
    objects = OneTeamManager()

    class Meta:
        abstract = True


class TeamSlug(TeamScoped):
    """An address a team has, or had: it leads there as long as the team exists, and nowhere else.

    Written by `slugs.claim_slug`. The unique index over old and new ones together keeps anybody from taking
    over the links of a team that moved.
    """

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        default_related_name = "slugs"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.slug


class Membership(TeamScoped):
    """A person in a team. Active while the person's account is: active ones are billed seats."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    all_teams = MembershipManager()

    # Who changes it and why, for those who listen: set on the instance before it is saved or deleted.
    changed_by: CustomUser | None = None
    leaves = False
    takes_seat = False  # whether the account is active, as `membership_events` read it under lock

    class Meta:
        base_manager_name = "all_teams"  # what `team.memberships.add(one of another team)` would update with
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        default_related_name = "memberships"
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once_per_team"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """In one transaction with the guards and listeners of `membership_events`.

        Raises TeamIsFull for one seat too many, LastOwner when the only owner would become something else.
        """
        with transaction.atomic():
            super().save(*args, **kwargs)

    def allows(self, permission: Permission) -> bool:
        return Role(self.role).allows(permission)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def default_expiry() -> datetime:
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


class InvitationStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")
    VOID = "void", _("No longer valid")


class Invitation(TeamScoped):
    """An offer to one e-mail address to join a team.

    The row is also its mail's outbox: `mail_sent_at` is empty until the mail has left, and whoever sends it
    first moves `mail_due_at`, so that nobody else sends it meanwhile.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField(_("email address"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.MEMBER)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="sent_invitations",
    )
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), default=default_expiry)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accepted by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    mail_due_at = models.DateTimeField(_("mail due"), default=timezone.now, editable=False)
    mail_sent_at = models.DateTimeField(_("mail sent"), null=True, blank=True, editable=False)

    all_teams = InvitationManager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_related_name = "invitations"
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "email"],
                condition=Q(accepted_at=None, declined_at=None, revoked_at=None),
                name="invitation_one_pending_per_address",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
        ]
        indexes = [
            models.Index(fields=["email"], name="invitation_by_address"),
            models.Index(
                fields=["mail_due_at"], condition=Q(mail_sent_at=None), name="invitation_mail_waits"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normal_email(self.email)
        super().save(*args, **kwargs)

    @property
    def promised_at(self) -> datetime:
        """When it was sent, or sent again, last: its time runs from there."""
        return self.expires_at - timedelta(days=settings.INVITATION_DAYS)

    @property
    def status(self) -> InvitationStatus:
        """What became of it, as of now. Only a pending one can be accepted (P8)."""
        for status, moment in (
            (InvitationStatus.ACCEPTED, self.accepted_at),
            (InvitationStatus.DECLINED, self.declined_at),
            (InvitationStatus.REVOKED, self.revoked_at),
        ):
            if moment:
                return status
        if self.expires_at <= timezone.now():
            return InvitationStatus.EXPIRED
        return InvitationStatus.PENDING if self.inviter_still_may() else InvitationStatus.VOID

    def inviter_still_may(self) -> bool:
        """Whether the one who invited could still send this very invitation today."""
        role = self._role_of_inviter()
        return bool(role and self.role in Role(role).grantable)

    def _role_of_inviter(self) -> str | None:
        """As `InvitationQuerySet.with_inviter_role` read it for a whole list, else by a query."""
        if "inviter_role" in self.__dict__:
            return self.__dict__["inviter_role"]
        inviter = self.team.active_members.filter(user=self.invited_by_id)
        return inviter.values_list("role", flat=True).first()
