"""People. They log in with their e-mail address; there is no user name."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
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

        docs/examples/workspaces shows how Stripe hears of a number that moves.
        """
        return 1

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]
