"""People. They log in with their e-mail address; there is no user name."""

from __future__ import annotations

import secrets
import uuid
import zoneinfo
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.billing import SubscriptionModelBase
from apps.core.email_addresses import AddressField, normal_email
from apps.users.managers import UserManager


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no time zone “%(name)s”."), params={"name": name})


class CustomUser(SubscriptionModelBase, AbstractUser):
    """Also a subscription holder, for products that sell to people instead of teams."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = None
    first_name = None
    last_name = None
    email = AddressField(
        _("email address"),
        unique=True,
        error_messages={"unique": _("Somebody has an account with this address already.")},
    )
    name = models.CharField(_("full name"), max_length=150, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=63, default="UTC", validators=[validate_time_zone]
    )
    language = models.CharField(
        _("language"), max_length=10, blank=True, default="", help_text=_("Empty: the browser's.")
    )
    avatar = models.ImageField(_("picture"), upload_to="avatars/", blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    # Who switches the account on or off (set before it is saved), and which way it moves: 1, 0 or -1.
    changed_by: CustomUser | None = None
    activity_change = 0
    rights_before: dict[str, bool] | None = None  # read by `rights_log` between before and after

    class Meta(SubscriptionModelBase.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            *SubscriptionModelBase.Meta.constraints,
            models.UniqueConstraint(Lower("email"), name="user_one_account_per_address"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        self.email = normal_email(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """In one transaction with those who listen: seats of the user's teams move with `is_active`."""
        self.email = normal_email(self.email)
        with transaction.atomic():
            super().save(*args, **kwargs)

    def get_quantity(self) -> int:
        """What a user is billed for, when users hold subscriptions. Count your own things here: at least 1.

        docs/plans.md says how Stripe hears of a number that moves.
        """
        return 1

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]


def private_files() -> Storage:
    return storages["private"]


def new_export_token() -> str:
    return secrets.token_urlsafe(32)


class DataExport(models.Model):
    """A copy of somebody's data, being made, waiting to be fetched, or over.

    The row is also what a sweeper sees of it: work that waits, work whose worker died, a mail that has not
    left, a file whose time is up.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        OVER = "over", _("Expired")  # the file is deleted

    UNFINISHED = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.CharField(max_length=64, unique=True, default=new_export_token, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="exports"
    )
    # Staff, for who asked by letter; empty: they did it themselves.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)  # 0 to 100
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(default=timezone.now, editable=False)  # of the next attempt
    seen_alive_at = models.DateTimeField(null=True, blank=True, editable=False)
    file = models.FileField(_("file"), storage=private_files, upload_to="exports/", blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)  # bytes
    created_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True, default="")
    mail_sent_at = models.DateTimeField(_("mail sent"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=["waiting", "running"]),
                name="data_export_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_unfinished(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def can_be_fetched(self) -> bool:
        """Also while nobody has deleted the file: its time is up when it is up."""
        return bool(self.state == self.State.READY and self.expires_at and timezone.now() < self.expires_at)
