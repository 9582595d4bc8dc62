from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from apps.users.models import CustomUser


def normal_email(address: str) -> str:
    """The one spelling an address is stored and compared in: no spaces around it, lower case."""
    return address.strip().lower()


class UserQuerySet(models.QuerySet):
    def update(self, **values: Any) -> int:
        """As always, but `is_active` is refused: seats are counted when a user is *saved*."""
        if "is_active" in values:
            raise TypeError("Save each user instead: an update in bulk would change seats unnoticed.")
        return super().update(**values)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email: str) -> CustomUser:
        return self.get(email=normal_email(email))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> CustomUser:
        """A user with a hashed password (none: they cannot log in with one). ValueError without address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=normal_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> CustomUser:
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})
